/** Notifications of this browser: permission is requested here, on a click, and nowhere else. */
import { Switch } from '@mantine/core'
import { useState } from 'react'
import { type MessageKey, type Translate, useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import classes from '../dialogs.module.css'
import { type NotifyPermission, notifyPermission, startNotifying, stopNotifying, useIsNotified } from './notifying.ts'

const hints: Readonly<Record<NotifyPermission, MessageKey>> = {
  default: 'chat.tell-hint',
  granted: 'chat.tell-hint',
  denied: 'chat.tell-denied',
  impossible: 'chat.tell-impossible',
}

/** A sample shows the user what it looks like and that it works. Some phones have the API but show nothing. */
function showSample(t: Translate): boolean {
  try {
    new Notification(t('chat.title'), { body: t('chat.tell-sample'), tag: 'octet-chat-sample' })
    return true
  } catch {
    return false
  }
}

export function NotifySection() {
  const t = useT()
  const { id } = useUser()
  const isNotified = useIsNotified(id)
  const [permission, setPermission] = useState(notifyPermission)
  async function change(isWanted: boolean): Promise<void> {
    if (!isWanted) return stopNotifying(id)
    const answer = await startNotifying(id)
    setPermission(answer)
    if (answer !== 'granted' || showSample(t)) return
    stopNotifying(id)
    setPermission('impossible')
    showToast({ kind: 'failed', message: t('chat.tell-impossible') })
  }
  return (
    <section className={classes.end} aria-labelledby="notify-title">
      <h3 id="notify-title">{t('chat.tell')}</h3>
      <Switch
        label={t('chat.tell-me')}
        description={t(hints[permission])}
        checked={isNotified}
        disabled={permission === 'denied' || permission === 'impossible'}
        onChange={event => void change(event.currentTarget.checked)}
      />
    </section>
  )
}
