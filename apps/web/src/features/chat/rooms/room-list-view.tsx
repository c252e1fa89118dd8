/** The user's rooms as a separate page on screens without a second column. */
import type { Room } from '@octet/contracts/chat'
import { IconHash, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type Translate, useT } from '../../../shared/i18n.tsx'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { When } from '../../../shared/ui/when.tsx'
import marks from '../presence/presence.module.css'
import { usePresence, useWatchPresence } from '../presence/presence.ts'
import { PresenceDot } from '../presence/presence-mark.tsx'
import { roomName } from './room-name.ts'
import classes from './rooms.module.css'
import { UnreadBadge } from './unread-badge.tsx'

/** The presence of this many conversations is followed; each takes a stream of the connection. */
const watchedMax = 50

interface IconProps {
  readonly room: Room
  readonly name: string
  readonly isWatched: boolean
}

function Watched({ room }: { room: Room }) {
  useWatchPresence(room)
  const presence = usePresence(room, room.people.length === 1 ? room.people[0]?.id : undefined)
  return <PresenceDot presence={presence} />
}

function PersonIcon({ room, name, isWatched }: IconProps) {
  return (
    <span className={marks.holder}>
      <Avatar id={room.people[0]?.id ?? room.id} name={name} src={room.people[0]?.avatarUrl} size={40} />
      {isWatched ? <Watched room={room} /> : null}
    </span>
  )
}

function RoomIcon({ room, name, isWatched }: IconProps) {
  if (room.kind === 'direct') return <PersonIcon room={room} name={name} isWatched={isWatched} />
  const Icon = room.visibility === 'private' ? IconLock : IconHash
  return (
    <span className={classes.icon} aria-hidden="true">
      <Icon size={20} stroke={1.75} />
    </span>
  )
}

/** Details besides the name. */
function lineOf({ topic, kind, people, memberCount }: Room, t: Translate): string {
  const [only, ...others] = people
  if (kind === 'direct' && only !== undefined && others.length === 0) return `@${only.username}`
  return topic || t('chat.people-count', { n: memberCount })
}

export function RoomListView({ rooms }: { rooms: readonly Room[] }) {
  const t = useT()
  const directs = rooms.filter(({ kind, people }) => kind === 'direct' && people.length === 1)
  const watched = new Set(directs.slice(0, watchedMax).map(({ id }) => id))
  return (
    <ul className={classes.list} aria-label={t('chat.rooms')}>
      {rooms.map(room => {
        const name = roomName(room, t)
        return (
          <li key={room.id}>
            <Link to="/chat/$roomId" params={{ roomId: room.id }} className={classes.room}>
              <RoomIcon room={room} name={name} isWatched={watched.has(room.id)} />
              <span className={classes.names}>
                <span
                  className={`${classes.name} truncate`}
                  data-unread={(room.membership?.unread ?? 0) > 0 || undefined}
                >
                  <bdi>{name}</bdi>
                </span>
                <bdi className="dimmed truncate">{lineOf(room, t)}</bdi>
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
