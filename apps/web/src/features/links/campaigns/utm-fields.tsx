/** The five campaign parameters as fields, for a new link and for a template. */

import { TextInput } from '@mantine/core'
import type { useForm } from '../../../shared/form.ts'
import { type MessageKey, useT } from '../../../shared/i18n.tsx'
import classes from '../create/link-fields.module.css'
import { limits } from '../limits.ts'
import { type UtmValues, utmFields } from './utm.ts'

const labels: Readonly<Record<keyof UtmValues, MessageKey>> = {
  utmSource: 'utm.source',
  utmMedium: 'utm.medium',
  utmCampaign: 'utm.campaign',
  utmTerm: 'utm.term',
  utmContent: 'utm.content',
}
const examples: Readonly<Record<keyof UtmValues, string>> = {
  utmSource: 'newsletter',
  utmMedium: 'email',
  utmCampaign: 'spring',
  utmTerm: '',
  utmContent: '',
}

export function UtmFields<V extends UtmValues>({ form }: { form: Pick<ReturnType<typeof useForm<V>>, 'text'> }) {
  const t = useT()
  return (
    <div className={classes.parameters}>
      {utmFields.map(field => (
        <TextInput
          key={field}
          {...form.text(field as keyof V & string)}
          label={t(labels[field])}
          placeholder={examples[field]}
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.utm.max}
        />
      ))}
    </div>
  )
}
