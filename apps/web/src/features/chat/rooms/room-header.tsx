/** The header of a room: its name, and buttons for everything about it. */
import { ActionIcon, Menu } from '@mantine/core'
import type { Room } from '@octet/contracts/chat'
import {
  IconArrowLeft,
  IconBell,
  IconBellOff,
  IconDots,
  IconHash,
  IconLock,
  IconPin,
  IconSearch,
  IconSettings,
  IconShieldLock,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useDocumentTitle } from '../../../shared/document-title.ts'
import { useT } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { headingId } from '../../../shared/ui/page.tsx'
import marks from '../presence/presence.module.css'
import { usePresence } from '../presence/presence.ts'
import { PresenceDot, PresenceWords } from '../presence/presence-mark.tsx'
import classes from './room.module.css'
import { type Notify, useLeaveRoom, useSetNotify } from './room-actions.ts'
import { roomName } from './room-name.ts'

const SettingsDialog = lazy(() => import('./settings-dialog.tsx'))
const EncryptionDialog = lazy(() => import('../encryption/encryption-dialog.tsx'))

export type Panel = 'members' | 'pins' | 'search'
const notifies: readonly Notify[] = ['all', 'mentions', 'nothing']

function RoomMenu({ room, onSettings }: { room: Room; onSettings: () => void }) {
  const t = useT()
  const setNotify = useSetNotify(room.id)
  const [shown, choose] = useSavedChoice(room.membership?.notify, (notify?: Notify) =>
    notify === undefined ? Promise.resolve() : setNotify.mutateAsync(notify),
  )
  const leave = useLeaveRoom(room)
  const role = room.membership?.role
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t('chat.room-menu')} title={t('chat.room-menu')}>
          <IconDots size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('chat.notify')}</Menu.Label>
        {notifies.map(notify => (
          <Menu.Item
            key={notify}
            leftSection={notify === 'nothing' ? <IconBellOff size={16} /> : <IconBell size={16} />}
            rightSection={shown === notify ? '✓' : null}
            onClick={() => choose(notify)}
          >
            {t(`chat.notify-${notify}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {room.kind === 'channel' && (role === 'owner' || role === 'moderator') ? (
          <Menu.Item leftSection={<IconSettings size={16} stroke={1.75} />} onClick={onSettings}>
            {t('chat.settings')}
          </Menu.Item>
        ) : null}
        <Menu.Item color="var(--octet-error)" onClick={() => leave.mutate()}>
          {t('chat.leave')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The presence of the other person in a direct conversation. */
function DirectPresence({ room }: { room: Room }) {
  const only = room.people.length === 1 ? room.people[0]?.id : undefined
  const presence = usePresence(room, only)
  if (presence === undefined) return null
  return (
    <p className={`${marks.line} dimmed`}>
      <PresenceDot presence={presence} isSilent /> <PresenceWords presence={presence} />
    </p>
  )
}

export interface RoomHeaderProps {
  readonly room: Room
  readonly panel: Panel | undefined
  readonly onPanel: (panel: Panel | undefined) => void
}

export function RoomHeader({ room, panel, onPanel }: RoomHeaderProps) {
  const t = useT()
  const [dialog, setDialog] = useState<'settings' | 'encryption'>()
  const name = roomName(room, t)
  useDocumentTitle(name)
  const Icon = room.visibility === 'private' ? IconLock : IconHash
  const buttons = [
    { id: 'search', icon: IconSearch, label: t('chat.search') },
    { id: 'pins', icon: IconPin, label: t('chat.pins') },
    { id: 'members', icon: IconUsers, label: t('chat.members', { n: room.memberCount }) },
  ] as const
  return (
    <header className={classes.header}>
      <ActionIcon component={Link} to="/chat" className={classes.back} aria-label={t('chat.back')}>
        <IconArrowLeft size={20} stroke={1.75} />
      </ActionIcon>
      <div className={classes.title}>
        <h1 id={headingId} tabIndex={-1} className="truncate">
          {room.kind === 'channel' ? <Icon size={18} stroke={1.75} aria-hidden="true" /> : null} <bdi>{name}</bdi>
        </h1>
        {room.kind === 'direct' ? <DirectPresence room={room} /> : null}
        {room.topic === '' ? null : (
          <p className="dimmed truncate" title={room.topic}>
            <bdi>{room.topic}</bdi>
          </p>
        )}
      </div>
      {room.isEncrypted && room.membership !== null ? (
        <ActionIcon
          aria-label={t('chat.encryption')}
          title={t('chat.encryption')}
          className={classes.panelButton}
          onClick={() => setDialog('encryption')}
        >
          <IconShieldLock size={18} stroke={1.75} />
        </ActionIcon>
      ) : null}
      {buttons.map(({ id, icon: ButtonIcon, label }) => (
        <ActionIcon
          key={id}
          aria-label={label}
          title={label}
          aria-expanded={panel === id}
          className={classes.panelButton}
          onClick={() => onPanel(panel === id ? undefined : id)}
        >
          <ButtonIcon size={18} stroke={1.75} />
        </ActionIcon>
      ))}
      {room.membership === null ? null : <RoomMenu room={room} onSettings={() => setDialog('settings')} />}
      <Suspense>
        {dialog === 'settings' ? <SettingsDialog room={room} onClose={() => setDialog(undefined)} /> : null}
        {dialog === 'encryption' ? <EncryptionDialog room={room} onClose={() => setDialog(undefined)} /> : null}
      </Suspense>
    </header>
  )
}
