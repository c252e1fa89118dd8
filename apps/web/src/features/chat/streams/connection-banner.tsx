/** Reports a lost connection, and that messages will be sent afterwards. */
import { Button } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import classes from '../rooms/room.module.css'
import { useChatLive, useConnection } from './use-live.ts'

/** A short interruption needs no banner. */
const patienceMs = 1_500

export function ConnectionBanner() {
  const t = useT()
  const { waiting, check } = useChatLive()
  const { kind } = useConnection()
  const unsent = useSyncExternalStore(
    waiting.subscribe,
    () => waiting.get().filter(({ type }) => type === 'message').length,
  )
  const [isLate, setLate] = useState(false)
  const isOpen = kind === 'open'
  useEffect(() => {
    if (isOpen) return setLate(false)
    const timer = setTimeout(() => setLate(true), patienceMs)
    return () => clearTimeout(timer)
  }, [isOpen])
  if (isOpen || !isLate) return null
  return (
    <div className={classes.banner}>
      <Notice
        kind="warning"
        action={
          <Button size="xs" variant="default" onClick={check}>
            {t('action.retry')}
          </Button>
        }
      >
        {t('chat.reconnecting')} {unsent > 0 ? t('chat.unsent', { n: unsent }) : null}
      </Notice>
    </div>
  )
}
