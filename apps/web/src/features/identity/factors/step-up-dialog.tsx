/** "Confirm that it is you": offers the account's factors, strongest first. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { answerPresence } from '../../../shared/step-up.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailedState, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { identityApi } from '../api.ts'
import { authFormClass } from '../auth-card.tsx'
import { meQuery } from '../get-me.ts'
import { arePasskeysPossible } from '../passkeys/passkey-device.ts'
import { useSignOut } from '../sessions/sign-out.ts'
import { securityQuery, waysOf } from './get-security.ts'
import { type Proof, ProofForm } from './proof-form.tsx'

/** For an account with no factor but its provider, which must sign in again. */
function SignInAnew() {
  const t = useT()
  const signOut = useSignOut()
  return (
    <>
      <Notice kind="info">{t('step-up.no-way')}</Notice>
      <Button loading={signOut.isPending} onClick={() => signOut.mutate()}>
        {t('step-up.sign-in-anew')}
      </Button>
    </>
  )
}

export default function StepUpDialog() {
  const t = useT()
  const queryClient = useQueryClient()
  const security = useQuery({ ...securityQuery, staleTime: 0 })
  const stepUp = useMutation({
    mutationFn: (proof: Proof) => identityApi.webStepUp(proof),
    onSuccess: me => {
      queryClient.setQueryData(meQuery.queryKey, me)
      answerPresence(true)
    },
  })
  const ways = security.data === undefined ? undefined : waysOf(security.data, arePasskeysPossible())
  return (
    <Dialog
      opened
      onClose={() => answerPresence(false)}
      title={t('step-up.title')}
      closeOnEscape
      trapFocus
      closeOnClickOutside={false}
    >
      <div className={authFormClass}>
        <p className="dimmed">{t('step-up.lead')}</p>
        {security.isPending ? <SkeletonRows count={2} heightPx={44} /> : null}
        {security.isError ? <FailedState error={security.error} onRetry={() => void security.refetch()} /> : null}
        {ways === undefined ? null : ways.length === 0 ? (
          <SignInAnew />
        ) : (
          <ProofForm
            ways={ways}
            purpose="step-up"
            submitLabel={t('step-up.submit')}
            submit={proof => stepUp.mutateAsync(proof)}
          />
        )}
      </div>
    </Dialog>
  )
}
