/** One open room: its log, unconfirmed sends, read positions and typing users. Observed by the page. */
import { Problem } from '@octet/contracts'
import type { Cursor, Message } from '@octet/contracts/chat'
import type { KeptSend } from '@octet/realtime-client'
import { chatApi } from '../api.ts'
import type { Pending } from './outbox.ts'
import {
  acceptAnswer,
  addPage,
  applyEvent,
  emptyLog,
  type MessagePage,
  type Person,
  type Placement,
  type RoomEvent,
  type RoomLog,
  startLog,
  timelineOf,
  trimLog,
} from './room-log.ts'

export type RoomStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ended'; readonly code: string }

export interface RoomView {
  readonly status: RoomStatus
  readonly log: RoomLog
  /** All unconfirmed commands of this browser. */
  readonly waiting: readonly KeptSend[]
  /** The messages among them, and the refused ones. */
  readonly pending: readonly Pending[]
  readonly cursors: ReadonlyMap<string, Cursor>
  /** The users who are typing, and when to remove each. */
  readonly typing: ReadonlyMap<string, number>
  readonly isLoadingOlder: boolean
  readonly isLoadingNewer: boolean
}

/** Replaces encrypted texts with readable ones; notifies when it can read more than before. */
export interface Opener {
  readonly open: (view: RoomView) => RoomView
  readonly subscribe: (listener: () => void) => () => void
}

const pageSize = 50
const attemptsMax = 4
/** Longer than the pause between two typing notices. */
const typingMs = 6_000
/** Buffered while the first page loads; beyond this limit the room is simply reloaded. */
const bufferedMax = 500
const shownMax = 300

export type RoomStore = ReturnType<typeof createRoomStore>
/** Which messages to read; without `where`, the newest. */
export interface Where {
  readonly around?: number
  readonly at?: string
}

const emptyView: RoomView = {
  status: { kind: 'loading' },
  log: emptyLog,
  waiting: [],
  pending: [],
  cursors: new Map(),
  typing: new Map(),
  isLoadingOlder: false,
  isLoadingNewer: false,
}

/** `get` returns the server's state, `shown` the same with decrypted texts. */
function createCell(opener: Opener | undefined) {
  let view = emptyView
  let shown = emptyView
  const listeners = new Set<() => void>()
  function show(): void {
    shown = opener === undefined ? view : opener.open(view)
    for (const listener of listeners) listener()
  }
  return {
    get: () => view,
    shown: () => shown,
    show,
    set(patch: Partial<RoomView>): void {
      view = { ...view, ...patch }
      show()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

type Cell = ReturnType<typeof createCell>

const isNowhere = ({ around, at }: Where) => around === undefined && at === undefined

/** The reader's position if it is in the past, so that a reload stays there. */
function placeOf(log: RoomLog): Where {
  if (log.toSeq === Number.POSITIVE_INFINITY) return {}
  const shown = timelineOf(log)
  const middle = shown[Math.floor(shown.length / 2)]
  return middle === undefined ? {} : { around: middle.seq }
}

/** Loads the first page, and buffers events meanwhile. */
function createBeginning(roomId: string, { get, set }: Cell) {
  let early: RoomEvent[] | undefined = []
  let loading: Promise<number> | undefined

  async function readAll(where: Where): Promise<number> {
    early = []
    const place = isNowhere(where) ? placeOf(get().log) : where
    const [page, cursors] = await Promise.all([
      chatApi.listMessages({ roomId, limit: pageSize, ...place }),
      chatApi.listCursors({ roomId }).catch(() => ({ data: [] })),
    ])
    // The user has moved elsewhere in the room meanwhile, and must stay there.
    if (isNowhere(where) && placeOf(get().log).around !== place.around) return readAll(where)
    let log = startLog(page)
    for (const event of early) {
      const next = applyEvent(log, event)
      if (next === 'gap') break
      log = next
    }
    early = undefined
    const known = new Map(cursors.data.map(cursor => [cursor.userId, cursor]))
    const people = new Map([...get().log.people, ...log.people])
    set({ log: { ...log, people }, cursors: known, status: { kind: 'ready' } })
    return log.seq
  }

  return {
    /** Reloads the room. Resolves with the stream position up to which the state is complete. */
    reload(where: Where = {}): Promise<number> {
      loading ??= readAll(where)
        .catch(error => {
          // The previous content stays on the screen.
          if (get().status.kind !== 'ready') set({ status: { kind: 'failed', error } })
          throw error
        })
        .finally(() => {
          loading = undefined
        })
      return loading
    },
    /** Keeps an event for the page that is loading; false when no page is loading. */
    keep(event: RoomEvent): boolean {
      if (early === undefined) return false
      early = [...early, event].slice(-bufferedMax)
      return true
    },
  }
}

type Beginning = ReturnType<typeof createBeginning>

/** Further pages: at both edges of the range on the screen, or elsewhere in the room. */
function createPages(roomId: string, { get, set }: Cell, { reload }: Beginning) {
  /** Reads a page, and repeats it if more events than are remembered have overtaken it. */
  async function read(input: object, placement: Placement): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const page: MessagePage = await chatApi.listMessages({ roomId, limit: pageSize, ...input })
      const log = addPage(get().log, page, placement)
      if (log !== 'stale') return set({ log })
    }
    await reload()
  }

  async function loadEdge(edge: 'older' | 'newer'): Promise<void> {
    const flag = edge === 'older' ? 'isLoadingOlder' : 'isLoadingNewer'
    const { log, status } = get()
    const isDone = edge === 'older' ? log.fromSeq === 0 : log.toSeq === Number.POSITIVE_INFINITY
    if (isDone || get()[flag] || status.kind !== 'ready') return
    set({ [flag]: true })
    try {
      await read(edge === 'older' ? { before: log.fromSeq } : { after: log.toSeq }, edge)
    } catch {
      // Scrolling on retries; the banner reports the lost connection.
    } finally {
      set({ [flag]: false })
    }
  }

  return {
    loadOlder: () => loadEdge('older'),
    loadNewer: () => loadEdge('newer'),
    /** Shows another range of the room; does nothing when it is already on the screen. */
    async showAround(where: Where): Promise<void> {
      const { around } = where
      if (get().status.kind !== 'ready') await reload()
      const { log } = get()
      if (around === undefined || around < log.fromSeq || around > log.toSeq) await read(where, 'replace')
    },
    async showPresent(): Promise<void> {
      const { log } = get()
      if (log.toSeq === Number.POSITIVE_INFINITY) set({ log: trimLog(log, shownMax) })
      else await read({}, 'replace')
    },
    loadThread: (rootId: string) => read({ threadId: rootId, limit: 100 }, 'aside'),
    /** A message that is quoted or linked but not on the screen. */
    async loadMessage(messageId: string): Promise<void> {
      if (get().log.byId.has(messageId)) return
      const asOf = get().log.seq
      try {
        const message = await chatApi.getMessage({ roomId, messageId })
        const { log } = get()
        if (!log.byId.has(messageId))
          set({ log: { ...log, byId: new Map(log.byId).set(message.id, { ...message, asOf }) } })
      } catch (error) {
        if (!(error instanceof Problem)) throw error
      }
    },
  }
}

/** Updates from the streams, and from this browser's own sends. */
function createNews({ get, set }: Cell, { keep, reload }: Beginning) {
  function forgetTyping(): void {
    const now = Date.now()
    const typing = new Map([...get().typing].filter(([, until]) => until > now))
    if (typing.size !== get().typing.size) set({ typing })
  }
  return {
    apply(event: RoomEvent): void {
      if (keep(event)) return
      const { log, typing } = get()
      const next = applyEvent(log, event)
      if (next === 'gap') return void reload().catch(() => undefined)
      if (next === log) return
      const { from = '' } = event
      const hasSaid = event.type === 'message' && typing.has(from)
      set({ log: next, typing: hasSaid ? new Map([...typing].filter(([id]) => id !== from)) : typing })
    },
    setWaiting: (waiting: readonly KeptSend[], pending: readonly Pending[]) => set({ waiting, pending }),
    accept(message: Message): void {
      if (get().status.kind === 'ready') set({ log: acceptAnswer(get().log, message) })
    },
    /** A message whose deletion the server has confirmed. */
    forget(messageId: string): void {
      const known = get().log.byId.get(messageId)
      const gone = { body: '', deletedAt: new Date().toISOString(), reactions: [], isPinned: false }
      if (known !== undefined) set({ log: acceptAnswer(get().log, { ...known, ...gone }) })
    },
    moveCursor(cursor: Cursor): void {
      const known = get().cursors.get(cursor.userId)
      if (known !== undefined && known.readSeq > cursor.readSeq) return
      set({ cursors: new Map(get().cursors).set(cursor.userId, cursor) })
    },
    /** A user types or has stopped typing; the notice expires by itself. */
    setTyping(userId: string, isOn: boolean): void {
      const typing = new Map(get().typing)
      if (isOn) typing.set(userId, Date.now() + typingMs)
      else typing.delete(userId)
      set({ typing })
      if (isOn) setTimeout(forgetTyping, typingMs + 100)
    },
    end: (code: string) => set({ status: { kind: 'ended', code } }),
  }
}

/** Creates the store of a room; `reload` fills it. An encrypted room has an opener. */
export function createRoomStore(roomId: string, opener?: Opener) {
  const cell = createCell(opener)
  opener?.subscribe(cell.show)
  const beginning = createBeginning(roomId, cell)
  return {
    roomId,
    get: cell.shown,
    subscribe: cell.subscribe,
    reload: beginning.reload,
    ...createPages(roomId, cell, beginning),
    ...createNews(cell, beginning),
    addPeople(found: readonly Person[]): void {
      const { log } = cell.get()
      const fresh = found.filter(({ id, displayName, avatarUrl }) => {
        const known = log.people.get(id)
        return known?.displayName !== displayName || known.avatarUrl !== avatarUrl
      })
      if (fresh.length === 0) return
      const people = new Map(log.people)
      for (const { id, username, displayName, avatarUrl } of fresh) {
        people.set(id, { id, username, displayName, ...(avatarUrl === undefined ? {} : { avatarUrl }) })
      }
      cell.set({ log: { ...log, people } })
    },
  }
}
