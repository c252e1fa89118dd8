/** The encryption of a room: who can read it, on which devices, and the recovery key for a next device. */
import { Button, TextInput } from '@mantine/core'
import type { Room } from '@octet/contracts/chat'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { useOpenRoom } from '../rooms/room-context.ts'
import { useRooms } from '../streams/use-live.ts'
import classes from './encryption.module.css'
import type { Vault } from './vault.ts'

const recoveryKey = ['chat', 'recovery'] as const

function Devices({ room, vault }: { room: Room; vault: Vault }) {
  const t = useT()
  const { nameOf } = useOpenRoom()
  const devices = useQuery({ queryKey: ['chat', 'devices', room.id], queryFn: () => vault.devices(room.id), gcTime: 0 })
  if (devices.isPending) return <SkeletonRows count={2} heightPx={48} />
  if (devices.data === undefined) return <FailedState error={devices.error} onRetry={() => void devices.refetch()} />
  return (
    <ul className={classes.devices}>
      {devices.data.map(({ identity, userId, code, isThis }) => (
        <li key={identity}>
          <bdi>{nameOf(userId)}</bdi> {isThis ? <span className="dimmed">{t('chat.this-device')}</span> : null}
          <code>{code}</code>
        </li>
      ))}
    </ul>
  )
}

function NewKey({ vault }: { vault: Vault }) {
  const t = useT()
  const queryClient = useQueryClient()
  const create = useMutation({ mutationFn: () => vault.createRecovery() })
  if (create.data !== undefined) {
    return (
      <>
        <Notice kind="warning">{t('chat.recovery-keep')}</Notice>
        <div className={classes.key}>
          <code>{create.data}</code>
          <CopyButton text={create.data} label={t('chat.recovery-key')} />
        </div>
        <Button variant="default" onClick={() => void queryClient.invalidateQueries({ queryKey: recoveryKey })}>
          {t('chat.recovery-kept')}
        </Button>
      </>
    )
  }
  return (
    <>
      <FailureNotice error={create.error} />
      <Button variant="default" loading={create.isPending} onClick={() => create.mutate()}>
        {t('chat.recovery-make')}
      </Button>
    </>
  )
}

function EnterKey({ vault }: { vault: Vault }) {
  const t = useT()
  const queryClient = useQueryClient()
  const rooms = useRooms() ?? []
  const [text, setText] = useState('')
  const sealedRooms = rooms.filter(({ isEncrypted }) => isEncrypted).map(({ id }) => id)
  const enter = useMutation({
    mutationFn: () => vault.enterRecovery(text, sealedRooms),
    onSuccess: isRight => isRight && queryClient.invalidateQueries({ queryKey: recoveryKey }),
  })
  return (
    <form
      className={classes.part}
      onSubmit={event => {
        event.preventDefault()
        enter.mutate()
      }}
    >
      <FailureNotice error={enter.error} />
      <TextInput
        label={t('chat.recovery-key')}
        description={t('chat.recovery-enter-hint')}
        autoComplete="off"
        spellCheck={false}
        error={enter.data === false ? t('chat.recovery-wrong') : undefined}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={text.trim() === ''} loading={enter.isPending}>
        {t('chat.recovery-enter')}
      </Button>
    </form>
  )
}

function RecoveryPart({ vault }: { vault: Vault }) {
  const t = useT()
  const state = useQuery({ queryKey: recoveryKey, queryFn: () => vault.recoveryState(), gcTime: 0 })
  if (state.isPending) return <SkeletonRows count={1} heightPx={48} />
  if (state.data === undefined) return <FailedState error={state.error} onRetry={() => void state.refetch()} />
  if (state.data === 'here') return <p className="dimmed">{t('chat.recovery-here')}</p>
  return (
    <>
      <p className="dimmed">{t('chat.recovery-hint')}</p>
      {state.data === 'elsewhere' ? <EnterKey vault={vault} /> : <NewKey vault={vault} />}
    </>
  )
}

export default function EncryptionDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const t = useT()
  const { vault } = useOpenRoom().live
  return (
    <Dialog opened onClose={onClose} title={t('chat.encryption')} size="md">
      <div className={classes.part}>
        <p>{t('chat.encryption-what')}</p>
        <Notice kind="warning">{t('chat.encryption-unaudited')}</Notice>
        <h3>{t('chat.devices')}</h3>
        <p className="dimmed">{t('chat.devices-hint')}</p>
        <Devices room={room} vault={vault} />
        <h3>{t('chat.recovery')}</h3>
        <RecoveryPart vault={vault} />
      </div>
    </Dialog>
  )
}
