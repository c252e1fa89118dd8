/** Sign-in by password, passkey or provider, and the second step if the account needs one. */
import { Button, Checkbox, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { type SecondFactorDemand, secondFactorDemand } from '@octet/contracts/identity'
import { IconFingerprint } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { safePath } from '../../../shared/return-path.ts'
import { PasswordField } from '../../../shared/ui/password-field.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { arePasskeysPossible, askForPasskey } from '../passkeys/passkey-device.ts'
import { useHandedOver } from './handed-over.ts'
import { providerLabel, providersQuery, refusalOf, useProviderLogin } from './list-providers.ts'
import { SecondStep } from './second-step.tsx'
import { usePasskeySignIn, useSignIn } from './sign-in.ts'

interface StepProps {
  readonly onDone: () => void
  readonly onDemand: (demand: SecondFactorDemand) => void
}

/** Runs a sign-in method; a demand for the second step is not a failure. */
async function signInBy(way: () => Promise<unknown>, { onDone, onDemand }: StepProps): Promise<void> {
  try {
    await way()
  } catch (error) {
    const demand = error instanceof Problem ? secondFactorDemand(error) : undefined
    if (demand === undefined) throw error
    return onDemand(demand)
  }
  onDone()
}

function PasswordStep(props: StepProps) {
  const t = useT()
  const signIn = useSignIn()
  const form = useForm({
    initial: { login: '', password: '', remember: true },
    validate: values => ({
      login: values.login.trim() === '' ? t('identity.login-missing') : undefined,
      password: values.password === '' ? t('identity.password-missing') : undefined,
    }),
    submit: values => signInBy(() => signIn.mutateAsync({ ...values, login: values.login.trim() }), props),
  })
  return (
    <>
      <FailureNotice error={form.failure} />
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <TextInput
          {...form.text('login')}
          label={t('identity.login')}
          autoComplete="username webauthn"
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
    </>
  )
}

/** Offers passkeys among the suggestions of the user name field. The browser allows one request at a time. */
function useQuietPasskey(use: (signal: AbortSignal) => Promise<void>): () => void {
  const latest = useRef(use)
  const [controller] = useState(() => ({ current: new AbortController() }))
  useEffect(() => {
    const abort = new AbortController()
    controller.current = abort
    async function offer(): Promise<void> {
      const isOffered = await PublicKeyCredential.isConditionalMediationAvailable?.()
      if (isOffered && !abort.signal.aborted) await latest.current(abort.signal)
    }
    // The user did not ask for this, so a failure is silent: the form and the button are there.
    if (arePasskeysPossible()) void offer().catch(() => undefined)
    return () => abort.abort()
  }, [controller])
  return () => controller.current.abort()
}

function PasskeyStep(props: StepProps) {
  const t = useT()
  const passkeySignIn = usePasskeySignIn()
  const stopQuiet = useQuietPasskey(async signal => {
    const passkey = await askForPasskey('sign-in', { isQuiet: true, signal })
    await signInBy(() => passkeySignIn.mutateAsync(passkey), props)
  })
  const form = useForm({
    initial: {},
    submit: async () => {
      stopQuiet()
      const passkey = await askForPasskey('sign-in')
      await signInBy(() => passkeySignIn.mutateAsync(passkey), props)
    },
  })
  if (!arePasskeysPossible()) return null
  return (
    <form className={authFormClass} onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <Button
        type="submit"
        variant="default"
        loading={form.isSubmitting}
        leftSection={<IconFingerprint size={18} stroke={1.75} />}
      >
        {t('identity.sign-in-passkey')}
      </Button>
    </form>
  )
}

function Providers({ next }: { next: string | undefined }) {
  const t = useT()
  const { data } = useQuery(providersQuery)
  const login = useProviderLogin(next)
  if (data === undefined || data.providers.length === 0) return null
  return (
    <div className={authFormClass}>
      <FailureNotice error={login.error} />
      {data.providers.map(({ name }) => (
        <Button key={name} variant="default" loading={login.isPending} onClick={() => login.mutate(name)}>
          {t('identity.sign-in-with', { provider: providerLabel(name) })}
        </Button>
      ))}
    </div>
  )
}

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { t, rich } = useLocale()
  const { next, problem } = route.useSearch()
  const { history } = useRouter()
  const handed = useHandedOver()
  const [demand, setDemand] = useState(handed?.demand)
  const [ended, setEnded] = useState<unknown>(() => refusalOf(problem))
  const signUp = (text: ReactNode) => (
    <Link to="/sign-up" search={{ next }}>
      {text}
    </Link>
  )
  /** A provider's sign-in itself carries the return path. */
  function goOn(returnTo = next): void {
    history.push(safePath(returnTo))
  }
  function startAgain(error: unknown): void {
    setDemand(undefined)
    setEnded(error)
  }
  if (demand !== undefined) {
    const finish = () => goOn(demand === handed?.demand ? handed.returnTo : undefined)
    return <SecondStep demand={demand} onDone={finish} onEnded={startAgain} />
  }
  return (
    <AuthCard title={t('identity.sign-in')} foot={rich('identity.no-account', {}, { link: signUp })}>
      <FailureNotice error={ended} />
      <PasswordStep onDone={goOn} onDemand={setDemand} />
      <PasskeyStep onDone={goOn} onDemand={setDemand} />
      <Providers next={next} />
      <p>
        <Link to="/forgot-password">{t('identity.forgot')}</Link>
      </p>
    </AuthCard>
  )
}
