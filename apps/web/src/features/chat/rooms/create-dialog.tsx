/** Creates a room, or a conversation with one or several users. */

import { Button, Pill, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../dialogs.module.css'
import { limits } from '../limits.ts'
import { PeopleField } from '../members/people-field.tsx'
import type { Person } from '../streams/room-log.ts'
import { useOpenDirect } from './open-direct.ts'
import { useCreateRoom } from './room-actions.ts'
import { personName } from './room-name.ts'

function Direct({ onClose }: { onClose: () => void }) {
  const t = useT()
  const { id } = useUser()
  const [chosen, setChosen] = useState<readonly Person[]>([])
  const openDirect = useOpenDirect(onClose)
  return (
    <div className={classes.form}>
      {chosen.length < limits.directPeople.max ? (
        <PeopleField
          label={t('chat.direct-who')}
          except={[id, ...chosen.map(each => each.id)]}
          onPick={person => setChosen([...chosen, person])}
        />
      ) : null}
      <Pill.Group>
        {chosen.map(person => (
          <Pill
            key={person.id}
            withRemoveButton
            removeButtonProps={{
              'aria-label': t('chat.direct-without', { name: personName(person, t) }),
              'aria-hidden': false,
              tabIndex: 0,
            }}
            onRemove={() => setChosen(chosen.filter(each => each !== person))}
          >
            {personName(person, t)}
          </Pill>
        ))}
      </Pill.Group>
      <div className={classes.actions}>
        <Button
          disabled={chosen.length === 0}
          loading={openDirect.isPending}
          onClick={() => openDirect.mutate(chosen.map(each => each.id))}
        >
          {t('chat.direct-open')}
        </Button>
      </div>
    </div>
  )
}

function NewRoom({ onClose }: { onClose: () => void }) {
  const t = useT()
  const navigate = useNavigate()
  const createRoom = useCreateRoom()
  const form = useForm({
    initial: { name: '', topic: '', visibility: 'public' as 'public' | 'private', isEncrypted: false },
    validate: values => ({ name: values.name.trim() === '' ? t('chat.name-missing') : undefined }),
    blame: error => (error instanceof Problem && error.code === 'chat.room-name-taken' ? 'name' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ name, topic, visibility, isEncrypted: wanted }) => {
      // Encrypted rooms are private; choosing a public room hides the switch.
      const isEncrypted = wanted && visibility === 'private'
      const room = await createRoom.mutateAsync({ name: name.trim(), topic: topic.trim(), visibility, isEncrypted })
      onClose()
      await navigate({ to: '/chat/$roomId', params: { roomId: room.id } })
    },
  })
  return (
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
      <VisibilityField value={form.values.visibility} onChange={visibility => form.change({ visibility })} />
      {form.values.visibility === 'private' ? (
        <Switch
          label={t('chat.encrypt')}
          description={t('chat.encrypt-hint')}
          checked={form.values.isEncrypted}
          onChange={event => form.change({ isEncrypted: event.currentTarget.checked })}
        />
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('chat.create')}
        </Button>
      </div>
    </form>
  )
}

export interface VisibilityFieldProps {
  readonly value: 'public' | 'private'
  readonly onChange: (value: 'public' | 'private') => void
}

export function VisibilityField({ value, onChange }: VisibilityFieldProps) {
  const t = useT()
  return (
    <div>
      <SegmentedControl
        aria-label={t('chat.visibility')}
        value={value}
        onChange={next => onChange(next === 'private' ? 'private' : 'public')}
        data={[
          { value: 'public', label: t('chat.public') },
          { value: 'private', label: t('chat.private') },
        ]}
      />
      <p className="dimmed">{value === 'public' ? t('chat.public-hint') : t('chat.private-hint')}</p>
    </div>
  )
}

export default function CreateDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const [kind, setKind] = useState('direct')
  return (
    <Dialog opened onClose={onClose} title={t('chat.new')} size="md">
      <div className={classes.form}>
        <SegmentedControl
          fullWidth
          aria-label={t('chat.new-kind')}
          value={kind}
          onChange={setKind}
          data={[
            { value: 'direct', label: t('chat.direct') },
            { value: 'room', label: t('chat.room') },
          ]}
        />
        {kind === 'direct' ? <Direct onClose={onClose} /> : <NewRoom onClose={onClose} />}
      </div>
    </Dialog>
  )
}
