/** Changes the password, or sets the first one. */
import { Button } from '@mantine/core'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { identityApi } from '../api.ts'
import { securityQuery } from '../factors/get-security.ts'
import { useChange } from '../use-change.ts'
import { isLongEnough, NewPasswordField } from './new-password-field.tsx'

const shownIn = [securityQuery.queryKey, ['identity', 'devices'], ['identity', 'audit']]

export function PasswordSection({ hasPassword }: { hasPassword: boolean }) {
  const t = useT()
  const { username, email } = useUser()
  const change = useChange((password: string) => identityApi.changePassword({ password }), shownIn)
  const form = useForm({
    initial: { password: '' },
    validate: ({ password }) => ({ password: isLongEnough(password) ? undefined : t('identity.password-rule') }),
    submit: async ({ password }) => {
      await change.mutateAsync(password)
      form.reset({ password: '' })
      showToast({ kind: 'done', message: t('password.changed') })
    },
  })
  return (
    <section className={classes.section}>
      <h2>{t('password.section')}</h2>
      <p className="dimmed">{t(hasPassword ? 'password.about' : 'password.none')}</p>
      <FailureNotice error={form.failure} />
      <form className={classes.section} noValidate onSubmit={event => void form.onSubmit(event)}>
        {/* Tells password managers which account the password belongs to. */}
        <input
          className="visually-hidden"
          name="username"
          autoComplete="username"
          value={username}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <NewPasswordField
          {...form.text('password')}
          label={t('reset.password')}
          ownWords={[username, ...(email?.split(/[@.]/) ?? [])]}
        />
        <div>
          <Button type="submit" variant="default" loading={form.isSubmitting}>
            {t(hasPassword ? 'password.change' : 'password.set')}
          </Button>
        </div>
      </form>
    </section>
  )
}
