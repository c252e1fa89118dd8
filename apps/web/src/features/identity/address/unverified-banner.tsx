/** Asks for the code from the first mail, until the user enters it or dismisses the banner for this visit. */
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useSession } from '../../../shared/session.ts'
import { Notice } from '../../../shared/ui/states.tsx'
import classes from './unverified-banner.module.css'

const key = 'octet.unverified-later'

function isPutOff(): boolean {
  try {
    return sessionStorage.getItem(key) !== null
  } catch {
    return false
  }
}

function putOff(): void {
  try {
    sessionStorage.setItem(key, '1')
  } catch {
    // Without storage it stays hidden until the next reload.
  }
}

export function UnverifiedBanner({ className }: { className: string | undefined }) {
  const t = useT()
  const { user } = useSession()
  const [isGone, setGone] = useState(isPutOff)
  const path = useRouterState({ select: state => state.location.pathname })
  if (isGone || user === null || user.emailVerified || user.email === null || path === '/confirm-email') return null
  function dismiss(): void {
    putOff()
    setGone(true)
  }
  const actions = (
    <>
      <Button component={Link} to="/confirm-email" className={classes.enter} variant="subtle" size="xs">
        {t('confirm.enter')}
      </Button>
      <ActionIcon size={28} aria-label={t('confirm.later')} title={t('confirm.later')} onClick={dismiss}>
        <IconX size={16} />
      </ActionIcon>
    </>
  )
  return (
    <div className={className}>
      <Notice kind="info" action={actions}>
        {t('confirm.banner', { email: user.email })}
      </Notice>
    </div>
  )
}
