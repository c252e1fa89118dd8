/** Name, topic and visibility of a room; owners can also delete it. */

import { Button, Textarea, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { Room } from '@octet/contracts/chat'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../dialogs.module.css'
import { limits } from '../limits.ts'
import { VisibilityField } from './create-dialog.tsx'
import { useDeleteRoom, useUpdateRoom } from './room-actions.ts'

function EndRoom({ room }: { room: Room }) {
  const t = useT()
  const [typed, setTyped] = useState('')
  const deleteRoom = useDeleteRoom(room.id)
  return (
    <section className={classes.end}>
      <h3>{t('chat.delete-room')}</h3>
      <p className="dimmed">{t('chat.delete-room-hint')}</p>
      <FailureNotice error={deleteRoom.error} />
      <TextInput
        label={t('chat.delete-room-confirm', { name: room.name ?? '' })}
        autoComplete="off"
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <Button
        color="red"
        variant="light"
        disabled={typed !== room.name}
        loading={deleteRoom.isPending}
        onClick={() => deleteRoom.mutate()}
      >
        {t('chat.delete-room')}
      </Button>
    </section>
  )
}

export default function SettingsDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const t = useT()
  const updateRoom = useUpdateRoom(room.id)
  const form = useForm({
    initial: { name: room.name ?? '', topic: room.topic, visibility: room.visibility as 'public' | 'private' },
    validate: values => ({ name: values.name.trim() === '' ? t('chat.name-missing') : undefined }),
    blame: error => (error instanceof Problem && error.code === 'chat.room-name-taken' ? 'name' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ name, topic, visibility }) => {
      await updateRoom.mutateAsync({ name: name.trim(), topic: topic.trim(), visibility })
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={t('chat.settings')} size="md">
      <form className={classes.form} noValidate onSubmit={event => void form.onSubmit(event)}>
        <FailureNotice error={form.failure} />
        <TextInput
          {...form.text('name')}
          data-autofocus
          label={t('chat.name')}
          maxLength={limits.roomName.max}
          autoComplete="off"
        />
        <Textarea
          {...form.text('topic')}
          label={t('chat.topic')}
          maxLength={limits.topic.max}
          autosize
          minRows={2}
          maxRows={4}
        />
        {room.isEncrypted ? null : (
          <VisibilityField value={form.values.visibility} onChange={visibility => form.change({ visibility })} />
        )}
        <div className={classes.actions}>
          <Button type="submit" loading={form.isSubmitting}>
            {t('action.save')}
          </Button>
        </div>
      </form>
      {room.membership?.role === 'owner' ? <EndRoom room={room} /> : null}
    </Dialog>
  )
}
