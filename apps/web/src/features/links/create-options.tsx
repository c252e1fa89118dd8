/** The part of the create form that most links do without; loaded when somebody opens it. */
import { TextInput } from '@mantine/core'
import type { useForm } from '../../shared/form.ts'
import { useT } from '../../shared/i18n.tsx'
import { PasswordField } from '../../shared/ui/password-field.tsx'
import classes from './create-form.module.css'
import type { LinkValues } from './link-address.ts'
import pair from './link-fields.module.css'
import { ExpiryFields, TagsValue } from './link-fields.tsx'

export interface CreateValues extends LinkValues {
  readonly alias: string
  readonly password: string
}

export default function CreateOptions({ form }: { form: ReturnType<typeof useForm<CreateValues>> }) {
  const t = useT()
  return (
    <div className={classes.options}>
      <div className={pair.pair}>
        <TextInput
          {...form.text('alias')}
          label={t('links.alias')}
          description={t('links.alias-hint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={50}
        />
        <TextInput
          {...form.text('title')}
          label={t('links.title')}
          description={t('links.title-hint')}
          autoComplete="off"
          maxLength={200}
        />
      </div>
      <ExpiryFields form={form} />
      <div className={pair.pair}>
        <PasswordField
          {...form.text('password')}
          label={t('links.password')}
          description={t('links.password-hint')}
          autoComplete="new-password"
          maxLength={128}
        />
        <TagsValue form={form} />
      </div>
    </div>
  )
}
