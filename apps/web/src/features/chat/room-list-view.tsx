/** The rooms one is in, as a page of their own where there is no second column. */
import type { Room } from '@octet/contracts'
import { IconHash, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../../shared/i18n.tsx'
import { When } from '../../shared/ui/when.tsx'
import { Avatar } from './avatar.tsx'
import { roomName } from './room-name.ts'
import classes from './rooms.module.css'
import { UnreadBadge } from './unread-badge.tsx'

function RoomIcon({ room, name }: { room: Room; name: string }) {
  if (room.kind === 'direct') return <Avatar id={room.people[0]?.id ?? room.id} name={name} size={40} />
  const Icon = room.visibility === 'private' ? IconLock : IconHash
  return (
    <span className={classes.icon} aria-hidden="true">
      <Icon size={20} stroke={1.75} />
    </span>
  )
}

export function RoomListView({ rooms }: { rooms: readonly Room[] }) {
  const t = useT()
  return (
    <ul className={classes.list} aria-label={t('chat.rooms')}>
      {rooms.map(room => {
        const name = roomName(room, t)
        return (
          <li key={room.id}>
            <Link to="/chat/$roomId" params={{ roomId: room.id }} className={classes.room}>
              <RoomIcon room={room} name={name} />
              <span className={classes.names}>
                <span
                  className={`${classes.name} truncate`}
                  data-unread={(room.membership?.unread ?? 0) > 0 || undefined}
                >
                  <bdi>{name}</bdi>
                </span>
                <span className="dimmed truncate">{room.topic || t('chat.people-count', { n: room.memberCount })}</span>
              </span>
              <span className={classes.aside}>
                {room.lastMessageAt === null ? null : (
                  <span className="dimmed">
                    <When time={room.lastMessageAt} />
                  </span>
                )}
                <UnreadBadge room={room} />
              </span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
