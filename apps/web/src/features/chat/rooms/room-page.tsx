/** One room: header, messages, composer, and the panels beside them. */
import { Button } from '@mantine/core'
import type { Room } from '@octet/contracts/chat'
import { IconDoorOff, IconLock, IconMessageCircle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { NotFound } from '../../../shared/ui/not-found.tsx'
import { headingId } from '../../../shared/ui/page.tsx'
import { FailedState, Notice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { useNow } from '../../../shared/ui/when.tsx'
import { onChatCommand } from '../chat-commands.ts'
import { Composer } from '../composer/composer.tsx'
import { MembersPanel } from '../members/members-panel.tsx'
import { useRoomPeople } from '../members/use-people.ts'
import { useWatchPresence } from '../presence/presence.ts'
import { TypingLine } from '../presence/typing-line.tsx'
import { ConnectionBanner } from '../streams/connection-banner.tsx'
import type { KnownMessage, Person } from '../streams/room-log.ts'
import type { RoomStatus, RoomStore } from '../streams/room-store.ts'
import { useChatLive, useRoomStore, useRooms, useRoomView } from '../streams/use-live.ts'
import { MessageLog } from '../timeline/message-log.tsx'
import { PinsPanel } from '../timeline/pins-panel.tsx'
import { SearchPanel } from '../timeline/search-panel.tsx'
import { ThreadPanel } from '../timeline/thread-panel.tsx'
import { createEditing } from './editing.ts'
import { roomQuery } from './get-room.ts'
import classes from './room.module.css'
import { useJoinRoom } from './room-actions.ts'
import { type OpenRoom, RoomContext } from './room-context.ts'
import { type Panel, RoomHeader } from './room-header.tsx'
import { personName, roomName } from './room-name.ts'

/** The state of the page that is part of its address. */
export interface RoomPlace {
  readonly panel?: Panel | undefined
  readonly thread?: string | undefined
  /** A message, by its seq. */
  readonly at?: number | undefined
}

/** The room from the list, or loaded by itself if the user has not joined it. */
function useRoom(roomId: string) {
  const listed = useRooms()?.find(({ id }) => id === roomId)
  const single = useQuery({ ...roomQuery(roomId), enabled: listed === undefined })
  return { room: listed ?? single.data, error: single.error, retry: () => void single.refetch() }
}

function Beginning({ room }: { room: Room }) {
  const t = useT()
  const name = roomName(room, t)
  const text = room.kind === 'direct' ? t('chat.begin-direct', { name }) : t('chat.begin-room', { name })
  return (
    <div className={classes.beginning}>
      <IconMessageCircle size={32} stroke={1.5} aria-hidden="true" />
      <h2>{text}</h2>
      {room.topic === '' ? null : (
        <p className="dimmed">
          <bdi>{room.topic}</bdi>
        </p>
      )}
    </div>
  )
}

/** Replaces the composer for users who may not write here. */
function CannotSpeak({ room }: { room: Room }) {
  const t = useT()
  const join = useJoinRoom()
  if (room.membership !== null) return <Notice kind="warning">{t('chat.you-are-muted')}</Notice>
  return (
    <Notice
      kind="info"
      action={
        <Button loading={join.isPending} onClick={() => join.mutate(room.id)}>
          {t('chat.join')}
        </Button>
      }
    >
      {t('chat.not-in-room')}
    </Notice>
  )
}

function Ended({ code }: { code: string }) {
  const t = useT()
  const isGone = code === 'not-found'
  return (
    <StateBox
      icon={isGone ? <IconDoorOff size={32} stroke={1.5} /> : <IconLock size={32} stroke={1.5} />}
      title={t('chat.ended')}
      text={t('chat.ended-hint')}
    />
  )
}

/** Opens the user's latest message in this room for editing. */
function editLast({ store, myId, editing }: OpenRoom): void {
  const own = [...store.get().log.byId.values()].filter(
    ({ authorId, deletedAt, threadId }) => authorId === myId && deletedAt === null && threadId === null,
  )
  const last = own.sort((a, b) => b.seq - a.seq)[0]
  if (last !== undefined) editing.begin(last.id)
}

interface OpenedProps {
  readonly room: Room
  readonly place: RoomPlace
  readonly onPlace: (place: RoomPlace) => void
}

/** The shared context of the parts of the room; the same object as long as its content is unchanged. */
function useOpened({ room, onPlace }: OpenedProps, onReply: (message: KnownMessage) => void) {
  const t = useT()
  const live = useChatLive()
  const user = useUser()
  const store = useRoomStore(room)
  useWatchPresence(room)
  const now = useNow()
  const { people } = useRoomView(store).log
  const [editing] = useState(createEditing)
  const composer = useRef<HTMLTextAreaElement>(null)
  const isMuted = room.membership?.mutedUntil != null && Date.parse(room.membership.mutedUntil) > now
  const nameOf = useCallback(
    (id: string) => (id === user.id ? personName(user, t) : personName(people.get(id), t)),
    [people, user, t],
  )
  const pictureOf = useCallback(
    (id: string) => (id === user.id ? user.avatarUrl : people.get(id)?.avatarUrl),
    [people, user],
  )
  return useMemo((): OpenRoom => {
    const role = room.membership?.role
    return {
      room,
      store,
      live,
      myId: user.id,
      nameOf,
      pictureOf,
      canSpeak: room.membership !== null && !isMuted,
      canModerate: role === 'owner' || role === 'moderator',
      onReply,
      editing,
      composer,
      onThread: thread => onPlace({ thread }),
      onJump: at => {
        void store.showAround({ around: at })
        onPlace({ at })
      },
    }
  }, [room, store, live, user.id, nameOf, pictureOf, isMuted, onReply, onPlace, editing])
}

interface SideProps {
  readonly place: RoomPlace
  readonly people: readonly Person[]
  readonly onClose: () => void
  readonly onDate: (time: string) => void
}

function Side({ place, people, onClose, onDate }: SideProps) {
  if (place.thread !== undefined)
    return <ThreadPanel key={place.thread} rootId={place.thread} people={people} onClose={onClose} />
  if (place.panel === 'members') return <MembersPanel onClose={onClose} />
  if (place.panel === 'pins') return <PinsPanel onClose={onClose} />
  if (place.panel === 'search') return <SearchPanel onClose={onClose} onDate={onDate} />
  return null
}

function Log({
  status,
  store,
  ...props
}: {
  status: RoomStatus
  store: RoomStore
  room: Room
  at: number | undefined
  onPresent: () => void
}) {
  if (status.kind === 'loading') return <SkeletonRows count={6} heightPx={56} />
  if (status.kind === 'failed') {
    return <FailedState error={status.error} onRetry={() => void store.reload().catch(() => undefined)} />
  }
  if (status.kind === 'ended') return <Ended code={status.code} />
  return <MessageLog at={props.at} onPresent={props.onPresent} empty={<Beginning room={props.room} />} />
}

/** Loads the messages around a time. Returns the `seq` of the first one at or after it. */
async function showDate(store: RoomStore, time: string): Promise<number | undefined> {
  await store.showAround({ at: time }).catch(() => undefined)
  return [...store.get().log.byId.values()]
    .filter(({ createdAt }) => createdAt >= time)
    .sort((a, b) => a.seq - b.seq)[0]?.seq
}

/** The newest loaded message that the user did not write. */
function latestOfOthers(store: RoomStore, myId: string): KnownMessage | undefined {
  const messages = [...store.get().log.byId.values()]
  return messages.filter(({ authorId }) => authorId !== myId).sort((a, b) => b.seq - a.seq)[0]
}

function Opened(props: OpenedProps) {
  const { room, place, onPlace } = props
  const t = useT()
  const [replyTo, setReplyTo] = useState<KnownMessage | undefined>(undefined)
  const open = useOpened(props, setReplyTo)
  const { store, myId, composer } = open
  const view = useRoomView(store)
  const people = useRoomPeople(room, store)
  const { at } = place
  useEffect(() => {
    if (at !== undefined) store.showAround({ around: at }).catch(() => undefined)
  }, [store, at])
  useEffect(
    () =>
      onChatCommand(command => {
        if (command === 'search' || command === 'members') onPlace({ panel: command })
        else if (command === 'write') composer.current?.focus()
        else if (command === 'reply-last') {
          const last = latestOfOthers(store, myId)
          if (last !== undefined) setReplyTo(last)
        } else return false
        return true
      }),
    [store, myId, composer, onPlace],
  )
  async function goToDate(time: string): Promise<void> {
    const seq = await showDate(store, time)
    if (seq !== undefined) onPlace({ ...place, at: seq })
  }
  const hasSide = place.thread !== undefined || place.panel !== undefined
  const close = () => onPlace({})
  return (
    <RoomContext value={open}>
      <div className={classes.room} data-side={hasSide || undefined}>
        <div className={classes.middle}>
          <RoomHeader room={room} panel={place.panel} onPanel={panel => onPlace({ panel })} />
          <ConnectionBanner />
          <Log
            status={view.status}
            store={store}
            room={room}
            at={at}
            onPresent={() => at !== undefined && onPlace({ ...place, at: undefined })}
          />
          <TypingLine />
          {open.canSpeak ? (
            <Composer
              label={t('chat.write-in', { name: roomName(room, t) })}
              people={people}
              replyTo={replyTo}
              onReplyDone={() => setReplyTo(undefined)}
              field={composer}
              onEditLast={() => editLast(open)}
              onSent={() => void store.showPresent().catch(() => undefined)}
            />
          ) : (
            <div className={classes.banner}>
              <CannotSpeak room={room} />
            </div>
          )}
        </div>
        <Side place={place} people={people} onClose={close} onDate={time => void goToDate(time)} />
      </div>
    </RoomContext>
  )
}

const route = getRouteApi('/chat/$roomId')

export function RoomPage() {
  const t = useT()
  const { roomId } = route.useParams()
  const place = route.useSearch()
  const navigate = route.useNavigate()
  const onPlace = useCallback((search: RoomPlace) => void navigate({ search, resetScroll: false }), [navigate])
  const { room, error, retry } = useRoom(roomId)
  const queryClient = useQueryClient()
  const membership = room?.membership
  useEffect(() => {
    // Queries that depend on membership reload when the user has joined or left.
    if (membership === null) void queryClient.invalidateQueries({ queryKey: ['chat', 'members', roomId] })
  }, [membership, queryClient, roomId])
  if (room !== undefined) return <Opened key={room.id} room={room} place={place} onPlace={onPlace} />
  if (error === null) {
    return (
      <div className={classes.banner}>
        <h1 id={headingId} tabIndex={-1} className="visually-hidden">
          {t('chat.title')}
        </h1>
        <SkeletonRows count={6} heightPx={56} />
      </div>
    )
  }
  const isMissing = 'status' in error && (error.status === 404 || error.status === 400)
  return isMissing ? <NotFound /> : <FailedState error={error} onRetry={retry} />
}
