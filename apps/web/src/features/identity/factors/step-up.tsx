/** Answers the question of `shared/step-up.ts` with a dialog; mounted once for the signed-in user. */
import { lazy, Suspense, useEffect } from 'react'
import { hostPresence, useIsConfirming } from '../../../shared/step-up.ts'

const StepUpDialog = lazy(() => import('./step-up-dialog.tsx'))

export function StepUp() {
  const isConfirming = useIsConfirming()
  useEffect(hostPresence, [])
  if (!isConfirming) return null
  return (
    <Suspense>
      <StepUpDialog />
    </Suspense>
  )
}
