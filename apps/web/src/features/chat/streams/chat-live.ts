/** Chat's live side, one per page: follows all rooms, updates the list and the open rooms, and sends. */
import type { Output, Problem } from '@octet/contracts'
import { type Cursor, chat, type Message, type Room } from '@octet/contracts/chat'
import {
  createRealtimeClient,
  type Following,
  type KeptSend,
  type RealtimeClient,
  realtimeUrl,
  webOutbox,
} from '@octet/realtime-client'
import type { QueryClient } from '@tanstack/react-query'
import { chatApi } from '../api.ts'
import { openerOf } from '../encryption/open-view.ts'
import { createVault, type Vault } from '../encryption/vault.ts'
import { roomsKey, roomsQuery } from '../rooms/list-rooms.ts'
import { afterEvent, afterRead, byActivity } from '../rooms/room-list.ts'
import { watchIdle } from './idle.ts'
import { type Pending, pendingOf } from './outbox.ts'
import type { Person, RoomEvent } from './room-log.ts'
import { createRoomStore, type RoomStore } from './room-store.ts'

/** How many rooms are followed at a time; each takes two of the connection's 500 streams. */
const followedMax = 200
/** How many rooms stay loaded after the user leaves them; the one unseen for longest goes first. */
const storesMax = 8
const deliveredEveryMs = 1_000
const typingEveryMs = 3_000

/** How users who share a room see another user. */
export type Presence = Output<typeof chat, 'listPresence'>['data'][number]

export type ChatLive = ReturnType<typeof createChatLive>

/** The streams of the rooms in the list; `follow` synchronizes them with it. */
function createFollowing(client: RealtimeClient, on: FollowingHandlers) {
  const followed = new Map<string, readonly Following[]>()
  function start({ id: roomId, isEncrypted }: RoomKind): void {
    const room = client.stream(chat, 'room', roomId).follow({
      load: () => on.load(roomId, isEncrypted),
      on: event => on.event(roomId, event as RoomEvent, isEncrypted),
      onNews: news => {
        if (news.type === 'typing' && news.from !== undefined) on.typing(roomId, news.from, news.body.on)
      },
      onEnd: code => {
        stop(roomId)
        on.end(roomId, code)
      },
    })
    const receipts = client.stream(chat, 'receipts', roomId).follow({
      onNews: news => on.cursor(roomId, news.body),
    })
    followed.set(roomId, [room, receipts])
  }
  function stop(roomId: string): void {
    for (const each of followed.get(roomId) ?? []) each.stop()
    followed.delete(roomId)
  }
  return {
    start(room: RoomKind): void {
      if (!followed.has(room.id)) start(room)
    },
    follow(rooms: readonly Room[]): void {
      for (const room of rooms.slice(0, followedMax)) if (!followed.has(room.id)) start(room)
    },
    stop,
  }
}

type RoomKind = Pick<Room, 'id' | 'isEncrypted'>

interface FollowingHandlers {
  readonly load: (roomId: string, isEncrypted: boolean) => Promise<{ seq: number } | undefined>
  readonly event: (roomId: string, event: RoomEvent, isEncrypted: boolean) => void
  readonly typing: (roomId: string, userId: string, isOn: boolean) => void
  readonly cursor: (roomId: string, cursor: Cursor) => void
  readonly end: (roomId: string, code: string) => void
}

/** Reports to the server, per room and not too often, what this device has received. */
function createDeliveries() {
  const due = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush(): void {
    timer = undefined
    for (const [roomId, seq] of due) chatApi.markDelivered({ roomId, seq }).catch(() => undefined)
    due.clear()
  }
  return {
    note(roomId: string, seq: number): void {
      due.set(roomId, Math.max(seq, due.get(roomId) ?? 0))
      timer ??= setTimeout(flush, deliveredEveryMs)
    },
    stop: () => clearTimeout(timer),
  }
}

/** Refused sends, until the user retries or discards them. */
function createRefused(onChange: () => void) {
  const refused = new Map<string, { readonly send: KeptSend; readonly problem: Problem }>()
  return {
    of: (stream: string): Pending[] =>
      [...refused.values()]
        .filter(({ send }) => send.stream === stream)
        .flatMap(({ send, problem }) => pendingOf(send, problem) ?? []),
    add(send: KeptSend, problem: Problem): void {
      if (send.type === 'message') refused.set(send.cmid, { send, problem })
      onChange()
    },
    take(cmid: string): KeptSend | undefined {
      const send = refused.get(cmid)?.send
      refused.delete(cmid)
      onChange()
      return send
    },
  }
}

export interface ChatLiveOptions {
  readonly userId: string
  readonly queryClient: QueryClient
  /** A command other than a message was permanently refused. */
  readonly onRefused: (problem: Problem) => void
}

/** The rooms that are or were open, ready to be shown again at once. */
function createStores(vault: Vault, onOpened: () => void) {
  const stores = new Map<string, RoomStore>()
  return {
    all: stores as ReadonlyMap<string, RoomStore>,
    open({ id: roomId, isEncrypted }: RoomKind): RoomStore {
      const known = stores.get(roomId)
      // Moved to the end: the first entry of the map is the one that was unseen for longest.
      stores.delete(roomId)
      const store = known ?? createRoomStore(roomId, isEncrypted ? openerOf(vault.readerOf(roomId)) : undefined)
      stores.set(roomId, store)
      const oldest = stores.size > storesMax ? stores.keys().next().value : undefined
      if (oldest !== undefined) stores.delete(oldest)
      if (known !== undefined) return store
      void store.reload().catch(() => undefined)
      onOpened()
      return store
    },
  }
}

/** The list of rooms in the cache, updated by events. */
function createRoomList(queryClient: QueryClient, userId: string) {
  /** A response under way may be older than a change made meanwhile; then the list is loaded once more. */
  let isOvertaken = false
  const refetch = () => void queryClient.invalidateQueries({ queryKey: roomsKey })
  const isAsked = () => queryClient.isFetching({ queryKey: roomsKey, exact: true }) > 0
  function change(patch: (rooms: readonly Room[]) => readonly Room[]): void {
    isOvertaken ||= isAsked()
    queryClient.setQueryData(roomsQuery.queryKey, rooms => rooms && byActivity(patch(rooms)))
  }
  function askAgain(): void {
    if (!isOvertaken || isAsked()) return
    isOvertaken = false
    refetch()
  }
  return {
    refetch,
    get: () => queryClient.getQueryData(roomsQuery.queryKey) ?? [],
    note: (roomId: string, event: RoomEvent) => change(rooms => afterEvent(rooms, roomId, event, userId)),
    noteRead(roomId: string, cursor: Cursor): void {
      const next = afterRead(queryClient.getQueryData(roomsQuery.queryKey) ?? [], roomId, cursor)
      if (next === 'unknown') refetch()
      else change(() => next)
    },
    onChange: (listener: () => void) =>
      queryClient.getQueryCache().subscribe(({ query }) => {
        if (query.queryKey.join() !== roomsKey.join()) return
        askAgain()
        listener()
      }),
  }
}

function createClient(userId: string, onRefused: (send: KeptSend, problem: Problem) => void): RealtimeClient {
  const { locks } = navigator
  return createRealtimeClient({
    url: realtimeUrl(location.href),
    page: window,
    outbox: webOutbox({ name: `chat-${userId}`, storage: localStorage, locks, tabStorage: sessionStorage }),
    onRefused,
  })
}

/** The user's commands in rooms. */
function createCommands({ client, stores, refused, vault }: CommandParts) {
  const streamOf = (roomId: string) => client.stream(chat, 'room', roomId)
  /** Shows the server's answer until the event for all members arrives. */
  function accept(roomId: string, sent: Promise<Message>): void {
    sent.then(message => stores.get(roomId)?.accept(message)).catch(() => undefined)
  }
  return {
    /** Rejects when the text could not be encrypted; later failures appear as refused sends in the room. */
    async say({ id: roomId, isEncrypted }: RoomKind, said: Saying) {
      if (!isEncrypted) return accept(roomId, streamOf(roomId).send('message', said).sent)
      const cmid = crypto.randomUUID()
      const body = await vault.seal(roomId, { cmid, text: said.body })
      accept(roomId, streamOf(roomId).send('message', { ...said, body }, { cmid }).sent)
    },
    retry(roomId: string, cmid: string): void {
      const said = refused.take(cmid)?.body as { body: string } | undefined
      if (said !== undefined) accept(roomId, streamOf(roomId).send('message', said, { cmid }).sent)
    },
    discard(cmid: string): void {
      if (refused.take(cmid) === undefined) client.discard(cmid)
    },
    /** Rejects when the text could not be encrypted. */
    async edit({ id: roomId, isEncrypted }: RoomKind, { id: messageId, cmid }: Message, text: string): Promise<void> {
      const body = isEncrypted ? await vault.seal(roomId, { cmid, text }) : text
      accept(roomId, streamOf(roomId).send('edit', { messageId, body }).sent)
    },
    remove(roomId: string, messageId: string): void {
      const { sent } = streamOf(roomId).send('delete', { messageId })
      sent.then(() => stores.get(roomId)?.forget(messageId)).catch(() => undefined)
    },
    react: (roomId: string, messageId: string, emoji: string, on: boolean) =>
      accept(roomId, streamOf(roomId).send('react', { messageId, emoji, on }).sent),
    typing: createTyping((roomId, on) => streamOf(roomId).relay('typing', { on })),
  }
}

type Refused = ReturnType<typeof createRefused>

/** A message to send; its files were uploaded before. */
interface Saying {
  readonly body: string
  readonly replyToId?: string
  readonly threadId?: string
  readonly fileIds?: string[]
}

interface CommandParts {
  readonly client: RealtimeClient
  readonly stores: ReadonlyMap<string, RoomStore>
  readonly refused: Refused
  readonly vault: Vault
}

interface Parts {
  readonly userId: string
  readonly queryClient: QueryClient
  readonly stores: ReadonlyMap<string, RoomStore>
  readonly list: ReturnType<typeof createRoomList>
  readonly vault: Vault
  readonly deliveries: ReturnType<typeof createDeliveries>
  readonly onSaid: OnSaid
}

/** Another user has sent a message. */
export type OnSaid = (roomId: string, event: RoomEvent & { readonly type: 'message' }) => void

function handlersOf({ userId, queryClient, stores, list, deliveries, vault, onSaid }: Parts): FollowingHandlers {
  const refresh = (what: string, roomId: string) =>
    void queryClient.invalidateQueries({ queryKey: ['chat', what, roomId] })
  return {
    async load(roomId, isEncrypted) {
      const seq = await stores.get(roomId)?.reload()
      list.refetch()
      // A browser that cannot store keys still shows the room, without its texts.
      const taken = isEncrypted ? await vault.open(roomId).catch(() => undefined) : undefined
      if (taken !== undefined) return { seq: Math.min(taken, seq ?? taken) }
      return seq === undefined ? undefined : { seq }
    },
    event(roomId, event, isEncrypted) {
      if (isEncrypted) vault.take(roomId, event).catch(() => undefined)
      stores.get(roomId)?.apply(event)
      list.note(roomId, event)
      if (event.type === 'message' && event.from !== userId) {
        deliveries.note(roomId, event.seq)
        onSaid(roomId, event)
      }
      if (event.type.startsWith('member-')) for (const what of ['members', 'presence']) refresh(what, roomId)
      if (event.type === 'message-changed') refresh('pins', roomId)
    },
    typing(roomId, from, isOn) {
      if (from !== userId) stores.get(roomId)?.setTyping(from, isOn)
    },
    cursor(roomId, cursor) {
      stores.get(roomId)?.moveCursor(cursor)
      if (cursor.userId === userId) list.noteRead(roomId, cursor)
    },
    end(roomId, code) {
      stores.get(roomId)?.end(code)
      list.refetch()
    },
  }
}

/** Connects at once; `close` ends it. */
export function createChatLive({ userId, queryClient, onRefused }: ChatLiveOptions) {
  const list = createRoomList(queryClient, userId)
  const vault = createVault(userId)
  const stores = createStores(vault, () => showPending())
  const deliveries = createDeliveries()
  const refused = createRefused(() => showPending())
  const client = createClient(userId, (send, problem) => {
    refused.add(send, problem)
    if (send.type !== 'message') onRefused(problem)
  })
  const listeners = new Set<OnSaid>()
  const onSaid: OnSaid = (roomId, event) => {
    for (const listener of listeners) listener(roomId, event)
  }
  const parts = { userId, queryClient, stores: stores.all, list, deliveries, vault, onSaid }
  const following = createFollowing(client, handlersOf(parts))

  function showPending(): void {
    for (const [roomId, store] of stores.all) {
      const { name } = client.stream(chat, 'room', roomId)
      const waiting = client.waiting.get().filter(send => send.stream === name)
      store.setWaiting(waiting, [...refused.of(name), ...waiting.flatMap(send => pendingOf(send) ?? [])])
    }
  }

  const inbox = client.stream(chat, 'inbox', userId).follow({ on: list.refetch, load: async () => void list.refetch() })
  const stopWaiting = client.waiting.subscribe(showPending)
  const stopRooms = list.onChange(() => following.follow(list.get()))
  following.follow(list.get())
  client.connect()
  const idle = watchIdle(isIdle => void chatApi.setPresence({ isIdle }).catch(() => undefined))

  return {
    userId,
    state: client.state,
    waiting: client.waiting,
    vault,
    ...createCommands({ client, stores: stores.all, refused, vault }),
    storeOf: stores.open,
    /** Also works for a room that is not in the list yet, such as one that was just joined. */
    follow: following.start,
    check: client.check,
    onSaid(listener: OnSaid): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** The known people of a room that is or was open. */
    peopleOf: (roomId: string): ReadonlyMap<string, Person> | undefined => stores.all.get(roomId)?.get().log.people,
    followPresence: (roomId: string, on: (presence: Presence) => void) =>
      client.stream(chat, 'presence', roomId).follow({ onNews: news => on(news.body) }),
    /** Also updates the list at once, so that the badge disappears immediately. */
    read(roomId: string, seq: number): void {
      list.noteRead(roomId, { userId, readSeq: seq, deliveredSeq: seq })
      chatApi.markRead({ roomId, seq }, { keepalive: true }).catch(() => undefined)
    },
    close(): void {
      stopRooms()
      stopWaiting()
      deliveries.stop()
      idle.stop()
      inbox.stop()
      client.close()
    },
  }
}

/** Sends "typing" at most every three seconds per room, and "stopped" once. */
function createTyping(relay: (roomId: string, on: boolean) => boolean) {
  const saidAtMs = new Map<string, number>()
  return (roomId: string, on: boolean) => {
    const last = saidAtMs.get(roomId)
    if (on && last !== undefined && performance.now() - last < typingEveryMs) return
    if (!on && last === undefined) return
    saidAtMs.delete(roomId)
    if (relay(roomId, on) && on) saidAtMs.set(roomId, performance.now())
  }
}
