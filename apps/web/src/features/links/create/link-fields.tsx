/** The settings of a link besides its address, for the create and the edit form. */

import { NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { useForm } from '../../../shared/form.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { TagsField } from '../../../shared/ui/tags-field.tsx'
import { limits } from '../limits.ts'
import type { LinkValues } from '../link-address.ts'
import { tagsQuery } from '../organize/organize.ts'
import classes from './link-fields.module.css'

type Form<V extends LinkValues> = Pick<ReturnType<typeof useForm<V>>, 'values' | 'errors' | 'change' | 'text'>

export function ExpiryFields<V extends LinkValues>({ form }: { form: Form<V> }) {
  const { t, timeZone } = useLocale()
  return (
    <div className={classes.pair}>
      <TextInput
        {...form.text('expiresAt' as keyof V & string)}
        type="datetime-local"
        label={t('links.expires-at')}
        description={t('links.expires-at-hint', { timeZone })}
      />
      <NumberInput
        name="clicksMax"
        label={t('links.clicks-max')}
        description={t('links.clicks-max-hint')}
        value={form.values.clicksMax}
        error={form.errors.clicksMax}
        onChange={value => form.change({ clicksMax: String(value) } as Partial<V>)}
        min={limits.clicksMax.min}
        max={limits.clicksMax.max}
        allowDecimal={false}
        allowNegative={false}
        hideControls
      />
    </div>
  )
}

export function TagsValue<V extends LinkValues>({ form }: { form: Form<V> }) {
  const { t } = useLocale()
  const known = useQuery(tagsQuery)
  return (
    <TagsField
      data={known.data?.map(({ tag }) => tag) ?? []}
      label={t('links.tags')}
      description={t('links.tags-hint')}
      value={[...form.values.tags]}
      error={form.errors.tags}
      onChange={tags => form.change({ tags } as unknown as Partial<V>)}
      maxTags={limits.tags.max}
    />
  )
}
