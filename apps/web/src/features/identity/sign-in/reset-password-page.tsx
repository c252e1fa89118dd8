/** Sets a new password with the link from a mail. */
import { Button } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import { identityApi } from '../api.ts'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { keepSecret, takeSecret } from '../link-secret.ts'
import { isLongEnough, NewPasswordField } from './new-password-field.tsx'

const slot = 'reset'

function ResetForm({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useT()
  const form = useForm({
    initial: { password: '' },
    validate: values => ({ password: isLongEnough(values.password) ? undefined : t('identity.password-rule') }),
    submit: async values => {
      await identityApi.resetPassword({ token, password: values.password })
      onDone()
    },
  })
  const isOver = form.failure instanceof Problem && form.failure.code === 'identity.link-invalid'
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      {isOver ? <NewLink /> : null}
      <NewPasswordField {...form.text('password')} label={t('reset.password')} autoFocus />
      <Button type="submit" loading={form.isSubmitting}>
        {t('reset.submit')}
      </Button>
    </form>
  )
}

function NewLink() {
  const t = useT()
  return (
    <Button component={Link} to="/forgot-password" variant="default">
      {t('reset.new-link')}
    </Button>
  )
}

export function ResetPasswordPage() {
  const t = useT()
  const [token] = useState(() => takeSecret(slot, 'token'))
  const [isDone, setDone] = useState(false)
  function finish(): void {
    keepSecret(slot, undefined)
    setDone(true)
  }
  if (isDone) {
    return (
      <AuthCard title={t('reset.done')} lead={t('reset.done-lead')}>
        <Button component={Link} to="/sign-in">
          {t('identity.sign-in')}
        </Button>
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('reset.title')} lead={t('reset.lead')}>
      {token === undefined ? (
        <>
          <Notice kind="error">{t('reset.no-token')}</Notice>
          <NewLink />
        </>
      ) : (
        <ResetForm token={token} onDone={finish} />
      )}
    </AuthCard>
  )
}
