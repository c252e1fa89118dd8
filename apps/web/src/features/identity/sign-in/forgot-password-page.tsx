/** Requests a link to set a new password. The answer is the same whether or not an account has the address. */

import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import { identityApi } from '../api.ts'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { isEmail } from './registration.tsx'

export function ForgotPasswordPage() {
  const { t, rich } = useLocale()
  const [sentTo, setSentTo] = useState<string>()
  const form = useForm({
    initial: { email: '' },
    validate: values => ({ email: isEmail(values.email.trim()) ? undefined : t('identity.email-rule') }),
    submit: async values => {
      await identityApi.forgotPassword({ email: values.email.trim() })
      setSentTo(values.email.trim())
    },
  })
  const signIn = (text: ReactNode) => <Link to="/sign-in">{text}</Link>
  return (
    <AuthCard
      title={t('forgot.title')}
      lead={sentTo === undefined ? t('forgot.lead') : undefined}
      foot={rich('forgot.back', {}, { link: signIn })}
    >
      {sentTo === undefined ? (
        <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
          <FailureNotice error={form.failure} />
          <TextInput
            {...form.text('email')}
            label={t('identity.email')}
            type="email"
            autoComplete="email"
            maxLength={limits.email.max}
            required
            withAsterisk={false}
            autoFocus
          />
          <Button type="submit" loading={form.isSubmitting}>
            {t('forgot.submit')}
          </Button>
        </form>
      ) : (
        <Sent email={sentTo} onAgain={() => setSentTo(undefined)} />
      )}
    </AuthCard>
  )
}

function Sent({ email, onAgain }: { email: string; onAgain: () => void }) {
  const t = useT()
  return (
    <>
      <Notice kind="success">{t('forgot.sent', { email })}</Notice>
      <p className="dimmed">{t('forgot.nothing-came')}</p>
      <Button variant="default" onClick={onAgain}>
        {t('forgot.again')}
      </Button>
    </>
  )
}
