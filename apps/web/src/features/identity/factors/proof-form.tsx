/** Verifies one factor, at the second step of sign-in and for a fresh sign-in. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { PasskeyAssertion } from '@octet/contracts/identity'
import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { PasswordField } from '../../../shared/ui/password-field.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { askForPasskey } from '../passkeys/passkey-device.ts'
import classes from './proof-form.module.css'

export type Way = 'password' | 'totp' | 'recovery-code' | 'passkey'

export interface Proof {
  password?: string
  code?: string
  recoveryCode?: string
  passkey?: PasskeyAssertion
}

export interface ProofFormProps {
  /** At least one; the first is offered first. */
  readonly ways: readonly Way[]
  readonly purpose: 'second-factor' | 'step-up'
  readonly submitLabel: string
  readonly submit: (proof: Proof) => Promise<unknown>
}

const wrongProofs: ReadonlySet<string> = new Set(['identity.second-factor-wrong', 'identity.wrong-credentials'])

function proofOf(way: Way, typed: string): Proof {
  if (way === 'password') return { password: typed }
  return way === 'totp' ? { code: typed.trim() } : { recoveryCode: typed.trim() }
}

interface TypedProofProps extends Omit<ProofFormProps, 'ways' | 'purpose'> {
  readonly way: Exclude<Way, 'passkey'>
}

function TypedProof({ way, submitLabel, submit }: TypedProofProps) {
  const t = useT()
  const form = useForm({
    initial: { typed: '' },
    validate: ({ typed }) => {
      if (way === 'totp') return { typed: /^\d{3} ?\d{3}$/.test(typed.trim()) ? undefined : t('proof.code-rule') }
      return { typed: typed.trim() === '' ? t(`proof.${way}-missing`) : undefined }
    },
    blame: error => (error instanceof Problem && wrongProofs.has(error.code) ? 'typed' : undefined),
    textOf: error =>
      way === 'password' && error instanceof Problem && error.code === 'identity.wrong-credentials'
        ? t('proof.password-wrong')
        : problemLine(error, t),
    submit: ({ typed }) => submit(proofOf(way, typed)),
  })
  const common = { ...form.text('typed'), label: t(`proof.${way}`), required: true, withAsterisk: false }
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      {way === 'password' ? (
        <PasswordField {...common} autoComplete="current-password" autoFocus data-autofocus />
      ) : (
        <TextInput
          {...common}
          description={t(`proof.${way}-hint`)}
          autoComplete={way === 'totp' ? 'one-time-code' : 'off'}
          inputMode={way === 'totp' ? 'numeric' : 'text'}
          maxLength={(way === 'totp' ? limits.totpCode : limits.recoveryCode).max}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          data-autofocus
        />
      )}
      <Button type="submit" loading={form.isSubmitting}>
        {submitLabel}
      </Button>
    </form>
  )
}

function PasskeyProof({ purpose, submit }: Pick<ProofFormProps, 'purpose' | 'submit'>) {
  const t = useT()
  const form = useForm({ initial: {}, submit: async () => submit({ passkey: await askForPasskey(purpose) }) })
  return (
    <form className={authFormClass} onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <p className="dimmed">{t('proof.passkey-hint')}</p>
      <Button
        type="submit"
        loading={form.isSubmitting}
        leftSection={<IconFingerprint size={18} stroke={1.75} />}
        autoFocus
        data-autofocus
      >
        {t('proof.passkey')}
      </Button>
    </form>
  )
}

export function ProofForm({ ways, purpose, submitLabel, submit }: ProofFormProps) {
  const t = useT()
  const [chosen, setChosen] = useState<Way>()
  const way = chosen !== undefined && ways.includes(chosen) ? chosen : (ways[0] ?? 'password')
  const others = ways.filter(each => each !== way)
  return (
    <div className={classes.proof}>
      {way === 'passkey' ? (
        <PasskeyProof purpose={purpose} submit={submit} />
      ) : (
        <TypedProof key={way} way={way} submitLabel={submitLabel} submit={submit} />
      )}
      {others.length === 0 ? null : (
        <div className={classes.others}>
          {others.map(other => (
            <Button key={other} variant="subtle" onClick={() => setChosen(other)}>
              {t(`proof.use-${other}`)}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}
