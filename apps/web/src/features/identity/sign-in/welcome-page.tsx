/** First start: the one-time link from the terminal creates the first administrator, on one screen. */
import { Button, Checkbox, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { AppEntry } from '../../../shared/app-entry.ts'
import { useForm } from '../../../shared/form.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { useShell } from '../../../shared/shell.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { setupQuery } from './get-setup.ts'
import { blameForRegistration, emptyRegistration, RegistrationFields, registrationErrors } from './registration.tsx'
import { useSetUp } from './set-up.ts'
import { keepToken, takeToken, tokenIn } from './setup-token.ts'

const patienceMs = 3_000
const pollMs = 200

/**
 * The server assigns the examples shortly after it creates the account; without them the home page would look empty.
 */
async function examplesArrived(apps: readonly AppEntry[], queryClient: QueryClient): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  while (performance.now() < deadlineMs) {
    const arrived = await Promise.all(apps.map(app => app.hasExamples?.(queryClient)))
    if (!arrived.includes(false)) return
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
}

const isTokenRefused = (error: unknown) => error instanceof Problem && error.code === 'identity.setup-token-invalid'

interface SetupFormProps {
  readonly token: string
  readonly onRefused: () => void
}

function SetupForm({ token, onRefused }: SetupFormProps) {
  const t = useT()
  const { apps } = useShell()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const setUp = useSetUp()
  const form = useForm({
    initial: { ...emptyRegistration, examples: true },
    validate: values => registrationErrors(values, t),
    blame: blameForRegistration,
    textOf: error => problemLine(error, t),
    submit: async values => {
      try {
        await setUp.mutateAsync({ ...values, token })
      } catch (error) {
        if (isTokenRefused(error)) return onRefused()
        throw error
      }
      keepToken(undefined)
      if (values.examples) await examplesArrived(apps, queryClient)
      await navigate({ to: '/' })
    },
  })
  return (
    <>
      <FailureNotice error={form.failure} />
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <RegistrationFields text={name => form.text(name)} autoFocus />
        <Checkbox
          label={t('welcome.examples')}
          description={t('welcome.examples-hint')}
          checked={form.values.examples}
          onChange={event => form.change({ examples: event.currentTarget.checked })}
        />
        <Button type="submit" loading={form.isSubmitting}>
          {t('welcome.submit')}
        </Button>
      </form>
    </>
  )
}

function TokenForm({ isRefused, onToken }: { isRefused: boolean; onToken: (token: string) => void }) {
  const { t, rich } = useLocale()
  const code = (text: ReactNode) => <code>{text}</code>
  const form = useForm({
    initial: { link: '' },
    validate: values => ({ link: tokenIn(values.link) === undefined ? t('welcome.token-unreadable') : undefined }),
    submit: async values => onToken(tokenIn(values.link) ?? ''),
  })
  return (
    <>
      <Notice kind={isRefused ? 'error' : 'info'}>
        {isRefused ? rich('welcome.token-refused', {}, { code }) : rich('welcome.token-missing', {}, { code })}
      </Notice>
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <TextInput {...form.text('link')} label={t('welcome.token')} autoComplete="off" spellCheck={false} />
        <Button type="submit">{t('welcome.token-use')}</Button>
      </form>
    </>
  )
}

function NotNeeded() {
  const t = useT()
  return (
    <AuthCard title={t('welcome.done')} lead={t('welcome.done-lead')}>
      <Button component={Link} to="/sign-in">
        {t('identity.sign-in')}
      </Button>
    </AuthCard>
  )
}

export function WelcomePage() {
  const t = useT()
  const setup = useQuery(setupQuery)
  const [token, setToken] = useState(takeToken)
  const [isRefused, setRefused] = useState(false)

  function refuse(): void {
    keepToken(undefined)
    setToken(undefined)
    setRefused(true)
    void setup.refetch()
  }
  function acceptToken(next: string): void {
    keepToken(next)
    setToken(next)
    setRefused(false)
  }

  if (setup.data?.needed === false) return <NotNeeded />
  return (
    <AuthCard title={t('welcome.title')} lead={t('welcome.lead')} isWide>
      {setup.isPending ? <SkeletonRows count={4} heightPx={56} /> : null}
      {setup.isError ? <FailedState error={setup.error} onRetry={() => void setup.refetch()} /> : null}
      {setup.data === undefined ? null : token === undefined ? (
        <TokenForm isRefused={isRefused} onToken={acceptToken} />
      ) : (
        <SetupForm token={token} onRefused={refuse} />
      )}
    </AuthCard>
  )
}
