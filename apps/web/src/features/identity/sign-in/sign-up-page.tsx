import { Button } from '@mantine/core'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { safePath } from '../../../shared/return-path.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { blameForRegistration, emptyRegistration, RegistrationFields, registrationErrors } from './registration.tsx'
import { useSignUp } from './sign-up.ts'

const route = getRouteApi('/sign-up')

export function SignUpPage() {
  const { next } = route.useSearch()
  const { history } = useRouter()
  const { t, rich } = useLocale()
  const signUp = useSignUp()
  const form = useForm({
    initial: emptyRegistration,
    validate: values => registrationErrors(values, t),
    blame: blameForRegistration,
    textOf: error => problemLine(error, t),
    submit: async values => {
      await signUp.mutateAsync(values)
      history.push(safePath(next))
    },
  })
  const signIn = (text: ReactNode) => (
    <Link to="/sign-in" search={{ next }}>
      {text}
    </Link>
  )
  return (
    <AuthCard
      title={t('identity.sign-up')}
      lead={t('identity.sign-up-lead')}
      foot={rich('identity.have-account', {}, { link: signIn })}
    >
      <FailureNotice error={form.failure} />
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <RegistrationFields text={form.text} autoFocus />
        <Button type="submit" loading={form.isSubmitting}>
          {t('identity.sign-up')}
        </Button>
      </form>
    </AuthCard>
  )
}
