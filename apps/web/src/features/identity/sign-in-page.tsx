import { Button, Checkbox, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useForm } from '../../shared/form.ts'
import { useLocale } from '../../shared/i18n.tsx'
import { PasswordField } from '../../shared/ui/password-field.tsx'
import { FailureNotice } from '../../shared/ui/states.tsx'
import { AuthCard, authFormClass } from './auth-card.tsx'
import { useSignIn } from './sign-in.ts'

/** `next`: the path to return to. `onDone` goes there once the account is known. */
export function SignInPage({ next, onDone }: { next: string | undefined; onDone: () => void }) {
  const { t, rich } = useLocale()
  const signIn = useSignIn()
  const form = useForm({
    initial: { login: '', password: '', remember: true },
    validate: values => ({
      login: values.login.trim() === '' ? t('identity.login-missing') : undefined,
      password: values.password === '' ? t('identity.password-missing') : undefined,
    }),
    submit: async values => {
      await signIn.mutateAsync({ ...values, login: values.login.trim() })
      onDone()
    },
  })
  const signUp = (text: ReactNode) => (
    <Link to="/sign-up" search={{ next }}>
      {text}
    </Link>
  )
  return (
    <AuthCard title={t('identity.sign-in')} foot={rich('identity.no-account', {}, { link: signUp })}>
      <FailureNotice error={form.failure} />
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <TextInput
          {...form.text('login')}
          label={t('identity.login')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordField
          {...form.text('password')}
          label={t('identity.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <Checkbox
          label={t('identity.remember')}
          checked={form.values.remember}
          onChange={event => form.change({ remember: event.currentTarget.checked })}
        />
        <Button type="submit" loading={form.isSubmitting}>
          {t('identity.sign-in')}
        </Button>
      </form>
    </AuthCard>
  )
}
