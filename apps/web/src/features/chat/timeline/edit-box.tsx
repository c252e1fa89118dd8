/** An own message while it is being edited: Enter saves, Escape discards the change. */

import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { limits } from '../limits.ts'
import { useOpenRoom } from '../rooms/room-context.ts'
import type { KnownMessage } from '../streams/room-log.ts'
import classes from './message.module.css'

export function EditBox({ message }: { message: KnownMessage }) {
  const t = useT()
  const { live, room, editing, composer } = useOpenRoom()
  const [body, setBody] = useState(message.body)
  function leave(): void {
    editing.end()
    composer.current?.focus()
  }
  function save(): void {
    const text = body.trim()
    if (text !== '' && text !== message.body) {
      live.edit(room, message, text).catch(() => showToast({ kind: 'failed', message: t('chat.not-sealed') }))
    }
    leave()
  }
  return (
    <div className={classes.edit}>
      <Textarea
        autoFocus
        autosize
        minRows={1}
        maxRows={12}
        maxLength={limits.body.max}
        aria-label={t('chat.edit-message')}
        value={body}
        onFocus={event => event.currentTarget.setSelectionRange(body.length, body.length)}
        onChange={event => setBody(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') leave()
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          save()
        }}
      />
      <div className={classes.editActions}>
        <Button size="xs" onClick={save} disabled={body.trim() === ''}>
          {t('action.save')}
        </Button>
        <Button size="xs" variant="default" onClick={leave}>
          {t('chat.cancel')}
        </Button>
      </div>
    </div>
  )
}
