/** A page that failed to load, and a page whose code is still loading. */
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useT } from '../shared/i18n.tsx'
import { Page } from '../shared/ui/page.tsx'
import { FailedState, SkeletonRows } from '../shared/ui/states.tsx'

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const t = useT()
  const router = useRouter()
  function retry(): void {
    reset()
    void router.invalidate()
  }
  return (
    <Page title={t('failed.title')} isNarrow>
      <FailedState error={error} onRetry={retry} />
    </Page>
  )
}

/** Shown while the code of a page loads. */
export function PagePending() {
  const t = useT()
  return (
    <Page title={t('state.loading')}>
      <SkeletonRows count={4} heightPx={64} />
    </Page>
  )
}
