/**
 * The local copy of one room: its messages, and the range of them on the screen. Pure functions. It is built from pages
 * (REST) and events (the room's stream), in whichever order they arrive.
 */
import type { LogEvent, Output, StreamEvent } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'

export type RoomEvent = Omit<LogEvent, 'type' | 'body'> &
  (StreamEvent<typeof chat, 'room'> | { readonly type: 'erased'; readonly body: object })
export type MessagePage = Output<typeof chat, 'listMessages'>
export type Person = MessagePage['people'][number]

/** A message, and the stream position up to which its state includes all events. */
export interface KnownMessage extends Message {
  readonly asOf: number
  /** Its text is encrypted: `opening` while this browser checks whether it can read it. */
  readonly sealed?: 'opening' | 'closed'
}

export interface RoomLog {
  /** The last event that was applied. */
  readonly seq: number
  readonly byId: ReadonlyMap<string, KnownMessage>
  readonly people: ReadonlyMap<string, Person>
  /** The messages on the screen are those in this range; `toSeq` is Infinity when it reaches the present. */
  readonly fromSeq: number
  readonly toSeq: number
  /** The latest events, for pages that were read before them and arrive later. */
  readonly recent: readonly RoomEvent[]
}

/** How a page fits: it replaces the range, extends it, or belongs elsewhere (a thread, a quote). */
export type Placement = 'replace' | 'older' | 'newer' | 'aside'

const recentMax = 200

export const emptyLog: RoomLog = {
  seq: 0,
  byId: new Map(),
  people: new Map(),
  fromSeq: 0,
  toSeq: Number.POSITIVE_INFINITY,
  recent: [],
}

type Messages = Map<string, KnownMessage>

function change(
  byId: Messages,
  id: string | null,
  seq: number,
  patch: (message: KnownMessage) => Partial<Message>,
): void {
  const known = id === null ? undefined : byId.get(id)
  if (known !== undefined && known.asOf < seq) byId.set(known.id, { ...known, ...patch(known), asOf: seq })
}

function say(byId: Messages, event: RoomEvent & { readonly type: 'message' }): void {
  const { seq, at, body, from = '' } = event
  if (!byId.has(body.id)) byId.set(body.id, { ...body, seq, createdAt: at, authorId: from, asOf: seq })
  change(byId, body.threadId, seq, root => ({ replyCount: root.replyCount + 1, lastReplyAt: at }))
}

const gone = { body: '', reactions: [], mentions: [], isPinned: false, files: [], preview: null }

function takeBack(byId: Messages, messageId: string, { seq, at }: RoomEvent): void {
  const known = byId.get(messageId)
  if (known === undefined) return
  change(byId, messageId, seq, () => ({ ...gone, deletedAt: at }))
  change(byId, known.threadId, seq, root => ({ replyCount: Math.max(0, root.replyCount - 1) }))
}

/** Applies an event to the messages; those that already include it do not change. */
function alter(byId: Messages, event: RoomEvent): void {
  switch (event.type) {
    case 'message':
      say(byId, event)
      break
    case 'message-changed':
      change(byId, event.body.id, event.seq, () => event.body)
      break
    case 'message-deleted':
      takeBack(byId, event.body.messageId, event)
      break
    default: // membership and the room's name are not part of its messages
  }
}

/**
 * Applies the next event. An event that was already applied changes nothing. One further ahead is refused ('gap'):
 * events in between are missing, and the room must be reloaded.
 */
export function applyEvent(log: RoomLog, event: RoomEvent): RoomLog | 'gap' {
  if (event.seq <= log.seq) return log
  if (event.seq > log.seq + 1) return 'gap'
  const byId = new Map(log.byId)
  alter(byId, event)
  return { ...log, seq: event.seq, byId, recent: [...log.recent, event].slice(-recentMax) }
}

function stretchOf(log: RoomLog, page: MessagePage, placement: Placement): Pick<RoomLog, 'fromSeq' | 'toSeq'> {
  const fromSeq = page.hasOlder ? (page.data[0]?.seq ?? log.fromSeq) : 0
  const toSeq = page.hasNewer ? (page.data.at(-1)?.seq ?? log.toSeq) : Number.POSITIVE_INFINITY
  if (placement === 'replace') return { fromSeq, toSeq }
  if (placement === 'older') return { fromSeq, toSeq: log.toSeq }
  if (placement === 'newer') return { fromSeq: log.fromSeq, toSeq }
  return { fromSeq: log.fromSeq, toSeq: log.toSeq }
}

/**
 * Adds a page. The page may be older than events that were already applied, so they are applied to its messages. If
 * those events are no longer remembered, the page is refused ('stale'): read it again.
 */
export function addPage(log: RoomLog, page: MessagePage, placement: Placement): RoomLog | 'stale' {
  const missed = log.recent.filter(event => event.seq > page.headSeq)
  if (page.headSeq < log.seq && missed.length < log.seq - page.headSeq) return 'stale'
  const byId = new Map(log.byId)
  for (const message of page.data) {
    const known = byId.get(message.id)
    if (known === undefined || known.asOf < page.headSeq) byId.set(message.id, { ...message, asOf: page.headSeq })
  }
  for (const event of missed) alter(byId, event)
  const people = new Map(log.people)
  for (const person of page.people) people.set(person.id, person)
  return { ...log, byId, people, ...stretchOf(log, page, placement) }
}

/** A log that begins with this page; it discards all earlier state and includes events up to its `headSeq`. */
export function startLog(page: MessagePage): RoomLog {
  const log = addPage({ ...emptyLog, seq: page.headSeq }, page, 'replace')
  if (log === 'stale') throw new Error('a new log has no events that a page could have missed')
  return log
}

/** Keeps only the last messages of the present, so that a page that is open for days stays small. */
export function trimLog(log: RoomLog, keep: number): RoomLog {
  const shown = timelineOf(log)
  const first = shown[shown.length - keep]
  if (first === undefined || log.toSeq !== Number.POSITIVE_INFINITY) return log
  const byId = new Map([...log.byId].filter(([, message]) => message.seq >= first.seq))
  return { ...log, byId, fromSeq: first.seq }
}

/**
 * Applies the server's answer to this browser's own command, which may arrive before the event for all members. The
 * event is still applied when it arrives.
 */
export function acceptAnswer(log: RoomLog, message: Message): RoomLog {
  const known = log.byId.get(message.id)
  const asOf = known?.asOf ?? message.seq
  return { ...log, byId: new Map(log.byId).set(message.id, { ...message, asOf }) }
}

const bySeq = (a: Message, b: Message) => a.seq - b.seq

/** The messages on the screen, oldest first; replies in threads are elsewhere. */
export function timelineOf({ byId, fromSeq, toSeq }: RoomLog): readonly KnownMessage[] {
  return [...byId.values()]
    .filter(({ seq, threadId }) => threadId === null && seq >= fromSeq && seq <= toSeq)
    .sort(bySeq)
}

/** A thread: its first message, then the replies in order. */
export function threadOf({ byId }: RoomLog, rootId: string): readonly KnownMessage[] {
  return [...byId.values()].filter(({ id, threadId }) => id === rootId || threadId === rootId).sort(bySeq)
}
