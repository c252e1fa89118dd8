/** The page for an unknown address. */
import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n.tsx'
import { Page } from './page.tsx'
import { StateBox } from './states.tsx'

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
