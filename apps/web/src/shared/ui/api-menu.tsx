/** The "API" button of a page. */
import { Button } from '@mantine/core'
import type { ApiCall } from '@octet/contracts'
import { IconTerminal2 } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../i18n.tsx'

const ApiCalls = lazy(() => import('./api-calls.tsx'))

export function ApiMenu({ calls }: { calls: readonly ApiCall[] }) {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTerminal2 size={18} stroke={1.75} />}
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
      >
        {t('api.button')}
      </Button>
      {isOpen ? (
        <Suspense>
          <ApiCalls calls={calls} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}
