/** Notifications of this browser: asked for here, by a click, and never otherwise. */
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

/** So that one sees what it looks like, and that it works. Some phones have the word but not the thing. */
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
