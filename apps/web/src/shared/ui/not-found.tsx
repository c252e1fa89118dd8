/** The page for an address that leads nowhere, and the one for a page that broke. */
import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { useT } from '../i18n.tsx'
import { Page } from './page.tsx'
import { FailedState, SkeletonRows, StateBox } from './states.tsx'

export function NotFound() {
  const t = useT()
  return (
    <Page title={t('not-found.title')} isNarrow>
      <StateBox
        icon={<IconMapOff size={32} stroke={1.5} />}
        title={t('not-found.what')}
        text={t('not-found.why')}
        actions={
          <Button component={Link} to="/">
            {t('not-found.home')}
          </Button>
        }
      />
    </Page>
  )
}

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

/** While the code of a page is on its way. */
export function PagePending() {
  const t = useT()
  return (
    <Page title={t('state.loading')}>
      <SkeletonRows count={4} heightPx={64} />
    </Page>
  )
}
