/** The second step of a sign-in, by any factor of the account. */
import { Button } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { SecondFactorDemand } from '@octet/contracts/identity'
import { useT } from '../../../shared/i18n.tsx'
import { AuthCard } from '../auth-card.tsx'
import { type Proof, ProofForm, type Way } from '../factors/proof-form.tsx'
import { arePasskeysPossible } from '../passkeys/passkey-device.ts'
import { useFinishSignIn } from './sign-in.ts'

export interface SecondStepProps {
  readonly demand: SecondFactorDemand
  readonly onDone: () => void
  /** It took too long, or too many codes were wrong; `undefined` when the user went back. */
  readonly onEnded: (error: unknown) => void
}

export function SecondStep({ demand, onDone, onEnded }: SecondStepProps) {
  const t = useT()
  const finish = useFinishSignIn()
  const ways = demand.factors.filter(factor => factor !== 'passkey' || arePasskeysPossible()) as readonly Way[]
  async function submit(proof: Proof): Promise<void> {
    try {
      await finish.mutateAsync({ ...proof, challenge: demand.challenge ?? '' })
    } catch (error) {
      if (error instanceof Problem && error.code === 'identity.challenge-ended') return onEnded(error)
      throw error
    }
    onDone()
  }
  return (
    <AuthCard title={t('second.title')} lead={t('second.lead')}>
      <ProofForm ways={ways} purpose="second-factor" submitLabel={t('identity.sign-in')} submit={submit} />
      <Button variant="subtle" onClick={() => onEnded(undefined)}>
        {t('second.back')}
      </Button>
    </AuthCard>
  )
}
