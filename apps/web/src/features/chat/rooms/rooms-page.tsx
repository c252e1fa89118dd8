/** All rooms: the user's own, and the public ones to join. */

import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { chat, type Room } from '@octet/contracts/chat'
import { IconMessages, IconPlus, IconSearch, IconUserCircle } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useShell } from '../../../shared/shell.ts'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import { ConnectionBanner } from '../streams/connection-banner.tsx'
import { useChatLive } from '../streams/use-live.ts'
import { browseQuery } from './browse-rooms.ts'
import { roomsQuery } from './list-rooms.ts'
import { useJoinRoom } from './room-actions.ts'
import { RoomListView } from './room-list-view.tsx'
import { roomName } from './room-name.ts'
import classes from './rooms.module.css'

const PresenceDialog = lazy(() => import('../presence/presence-dialog.tsx'))

const typingMs = 250

function Mine({ onCreate }: { onCreate: () => void }) {
  const t = useT()
  const query = useQuery(roomsQuery)
  if (query.isPending) return <SkeletonRows count={5} heightPx={60} />
  if (query.data === undefined) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  if (query.data.length > 0) return <RoomListView rooms={query.data} />
  return (
    <StateBox
      icon={<IconMessages size={32} stroke={1.5} />}
      title={t('chat.empty')}
      text={t('chat.empty-hint')}
      actions={<Button onClick={onCreate}>{t('chat.new')}</Button>}
    />
  )
}

function PublicRoom({ room }: { room: Room }) {
  const t = useT()
  const join = useJoinRoom()
  const navigate = useNavigate()
  const name = roomName(room, t)
  function enter(): void {
    join.mutate(room.id, {
      onSuccess: () => void navigate({ to: '/chat/$roomId', params: { roomId: room.id } }),
    })
  }
  return (
    <li className={classes.public}>
      <span className={classes.names}>
        <Link to="/chat/$roomId" params={{ roomId: room.id }} className={`${classes.name} truncate`}>
          <bdi>{name}</bdi>
        </Link>
        <span className="dimmed truncate">
          {t('chat.people-count', { n: room.memberCount })}
          {room.topic === '' ? '' : ` · ${room.topic}`}
        </span>
      </span>
      {room.membership === null ? (
        <Button variant="default" loading={join.isPending} aria-label={t('chat.join-room', { name })} onClick={enter}>
          {t('chat.join')}
        </Button>
      ) : (
        <span className="dimmed">{t('chat.joined')}</span>
      )}
    </li>
  )
}

function Browse() {
  const t = useT()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), typingMs)
  const query = useInfiniteQuery(browseQuery(q))
  const rooms = query.data?.pages.flatMap(page => page.data) ?? []
  return (
    <section className={classes.section} aria-labelledby="browse-title">
      <h2 id="browse-title">{t('chat.browse')}</h2>
      <TextInput
        type="search"
        className={classes.search}
        leftSection={<IconSearch size={16} stroke={1.75} />}
        aria-label={t('chat.browse-find')}
        placeholder={t('chat.browse-find')}
        maxLength={limits.browse.max}
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <FailureNotice error={query.error} />
      {query.isPending ? <SkeletonRows count={3} heightPx={60} /> : null}
      <ul className={classes.list} aria-label={t('chat.browse')}>
        {rooms.map(room => (
          <PublicRoom key={room.id} room={room} />
        ))}
      </ul>
      {query.isSuccess && rooms.length === 0 ? <p className="dimmed">{t('chat.browse-none')}</p> : null}
      <MoreButton query={query} />
    </section>
  )
}

export function RoomsPage() {
  const t = useT()
  const { open } = useShell()
  const onCreate = () => open('chat')
  useChatLive()
  const [isPresenceOpen, setPresence] = useState(false)
  const { listRooms, createRoom, sendMessage } = chat.operations
  const api = [
    { operation: listRooms, input: {} },
    { operation: createRoom, input: { name: 'Announcements' } },
    { operation: sendMessage, input: { roomId: '{roomId}', cmid: 'my-message-1', body: 'Hello' } },
  ]
  return (
    <div className={classes.scroll}>
      <Page
        title={t('chat.title')}
        api={api}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconUserCircle size={18} stroke={1.75} />}
              onClick={() => setPresence(true)}
            >
              {t('chat.presence')}
            </Button>
            <Button leftSection={<IconPlus size={18} stroke={1.75} />} onClick={onCreate}>
              {t('chat.new')}
            </Button>
          </>
        }
      >
        <ConnectionBanner />
        <Mine onCreate={onCreate} />
        <Browse />
      </Page>
      {isPresenceOpen ? (
        <Suspense>
          <PresenceDialog onClose={() => setPresence(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}
