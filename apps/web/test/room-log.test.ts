/** The browser's copy of a room is right, in whichever order pages and events arrive. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '@octet/contracts/chat'
import fc from 'fast-check'
import { afterEvent, afterRead, nextUnread } from '../src/features/chat/rooms/room-list.ts'
import {
  acceptAnswer,
  addPage,
  applyEvent,
  type MessagePage,
  type RoomEvent,
  type RoomLog,
  startLog,
  threadOf,
  timelineOf,
} from '../src/features/chat/streams/room-log.ts'

/** A room on the server: the oracle. */
interface Server {
  readonly events: RoomEvent[]
  readonly states: Map<string, Message>[]
}

type Action = { readonly kind: 'say' | 'edit' | 'delete' | 'react' | 'reply'; readonly pick: number }

const at = (seq: number) => new Date(1_700_000_000_000 + seq * 1_000).toISOString()

function newMessage(seq: number, threadId: string | null): Message {
  return {
    id: `m${seq}`,
    roomId: 'room',
    seq,
    authorId: 'ada',
    cmid: `cmid-${seq}`,
    body: `body ${seq}`,
    createdAt: at(seq),
    editedAt: null,
    deletedAt: null,
    replyToId: null,
    threadId,
    replyCount: 0,
    lastReplyAt: null,
    mentions: [],
    reactions: [],
    isPinned: false,
    files: [],
    preview: null,
  }
}

function said(message: Message): RoomEvent {
  const { seq, createdAt, authorId, ...body } = message
  return { seq, id: `e${seq}`, at: createdAt, from: authorId, type: 'message', body }
}

/** Executes actions like the server; `states[seq]` is the room after the event `seq`. */
function play(actions: readonly Action[]): Server {
  const server: Server = { events: [], states: [new Map()] }
  for (const { kind, pick } of actions) {
    const seq = server.events.length + 1
    const state = new Map(server.states.at(-1))
    const live = [...state.values()].filter(({ deletedAt }) => deletedAt === null)
    const target = live[pick % Math.max(1, live.length)]
    const change = (message: Message) => {
      state.set(message.id, message)
      server.events.push({ seq, id: `e${seq}`, at: at(seq), from: 'ada', type: 'message-changed', body: message })
    }
    if (target === undefined || kind === 'say' || (kind === 'reply' && target.threadId !== null)) {
      const message = newMessage(seq, null)
      state.set(message.id, message)
      server.events.push(said(message))
    } else if (kind === 'reply') {
      const message = newMessage(seq, target.id)
      state.set(message.id, message)
      state.set(target.id, { ...target, replyCount: target.replyCount + 1, lastReplyAt: message.createdAt })
      server.events.push(said(message))
    } else if (kind === 'edit') change({ ...target, body: `edited ${seq}`, editedAt: at(seq) })
    else if (kind === 'react') change({ ...target, reactions: [{ emoji: '👍', count: seq, userIds: ['bob'] }] })
    else {
      state.set(target.id, { ...target, body: '', deletedAt: at(seq), reactions: [], mentions: [] })
      const root = target.threadId === null ? undefined : state.get(target.threadId)
      if (root !== undefined) state.set(root.id, { ...root, replyCount: root.replyCount - 1 })
      const body = { messageId: target.id }
      server.events.push({ seq, id: `e${seq}`, at: at(seq), from: 'ada', type: 'message-deleted', body })
    }
    server.states.push(state)
  }
  return server
}

/** The page that the server would have returned at `headSeq`. */
function pageAt(server: Server, headSeq: number, before = Number.POSITIVE_INFINITY, limit = 5): MessagePage {
  const all = [...(server.states[headSeq]?.values() ?? [])].sort((a, b) => a.seq - b.seq)
  const older = all.filter(({ seq }) => seq < before)
  return { data: older.slice(-limit), people: [], hasOlder: older.length > limit, hasNewer: false, headSeq }
}

const plain = (log: RoomLog) => timelineOf(log).map(({ asOf: _asOf, ...message }) => message)
const actions = fc.array(
  fc.record({ kind: fc.constantFrom('say', 'say', 'edit', 'delete', 'react', 'reply'), pick: fc.nat(50) }),
  { minLength: 1, maxLength: 80, size: 'max' },
) as fc.Arbitrary<Action[]>

function applied(log: RoomLog, events: readonly RoomEvent[]): RoomLog {
  return events.reduce((current, event) => {
    const next = applyEvent(current, event)
    assert.notEqual(next, 'gap')
    return next as RoomLog
  }, log)
}

test('a page plus later events equals a fresh read, for every split', () => {
  fc.assert(
    fc.property(actions, fc.nat(80), fc.nat(40), (played, from, late) => {
      const server = play(played)
      const head = server.events.length
      const start = Math.min(from, head)
      let log = startLog(pageAt(server, start))
      // Repeats change nothing: the events start two before the page.
      log = applied(log, server.events.slice(Math.max(0, start - 2)))
      // Older pages that were read earlier and arrive only now.
      const readAt = Math.min(head, start + late)
      for (let round = 0; round < 20 && log.fromSeq > 0; round++) {
        const next = addPage(log, pageAt(server, readAt, log.fromSeq), 'older')
        assert.notEqual(next, 'stale')
        log = next as RoomLog
      }
      const fresh = startLog(pageAt(server, head, Number.POSITIVE_INFINITY, 1_000))
      assert.deepEqual(plain(log), plain(fresh))
    }),
    { numRuns: 200 },
  )
})

test('an event after a gap is refused, and a known event changes nothing', () => {
  const server = play([1, 2, 3, 4].map(pick => ({ kind: 'say', pick })))
  const log = startLog(pageAt(server, 1))
  assert.equal(applyEvent(log, server.events[2] as RoomEvent), 'gap')
  assert.equal(applyEvent(log, server.events[0] as RoomEvent), log)
})

test('a page from before the remembered events is refused rather than shown outdated', () => {
  const server = play(Array.from({ length: 300 }, () => ({ kind: 'say', pick: 0 }) as const))
  const log = applied(startLog(pageAt(server, 1)), server.events.slice(1))
  assert.equal(addPage(log, pageAt(server, 20), 'older'), 'stale')
})

test('an own message appears once, before and after its event, and counts in its thread', () => {
  const server = play([
    { kind: 'say', pick: 0 },
    { kind: 'reply', pick: 0 },
  ])
  const before = startLog(pageAt(server, 1))
  const reply = server.states[2]?.get('m2') as Message
  const answered = acceptAnswer(before, reply)
  assert.deepEqual(
    threadOf(answered, 'm1').map(({ id }) => id),
    ['m1', 'm2'],
  )
  const after = applied(answered, server.events.slice(1))
  assert.deepEqual(
    threadOf(after, 'm1').map(({ id }) => id),
    ['m1', 'm2'],
  )
  assert.equal(after.byId.get('m1')?.replyCount, 1)
})

const room = (id: string, unread: number, mentions = 0) =>
  ({
    id,
    kind: 'channel',
    createdAt: at(1),
    lastMessageAt: at(2),
    headSeq: 5,
    memberCount: 2,
    membership: { readSeq: 4, unread, mentions, notify: 'all' },
  }) as never

test('badges count messages of others once, and disappear when all are read', () => {
  const event = said({ ...newMessage(6, null), authorId: 'bob', mentions: ['ada'] })
  const counted = afterEvent([room('a', 1)], 'a', event, 'ada')
  assert.deepEqual([counted[0]?.membership?.unread, counted[0]?.membership?.mentions], [2, 1])
  assert.deepEqual(afterEvent(counted, 'a', event, 'ada'), counted)
  assert.equal(afterEvent([room('a', 1)], 'a', event, 'bob')[0]?.membership?.unread, 1)
  const read = afterRead(counted, 'a', { userId: 'ada', readSeq: 6, deliveredSeq: 6 })
  assert.ok(read !== 'unknown')
  assert.deepEqual([read[0]?.membership?.unread, read[0]?.membership?.mentions], [0, 0])
  assert.equal(afterRead(counted, 'a', { userId: 'ada', readSeq: 5, deliveredSeq: 5 }), 'unknown')
})

test('the next unread room is one with a mention, else the newest, never the open one', () => {
  const rooms = [room('a', 1), room('b', 2, 1), room('c', 0)]
  assert.equal(nextUnread(rooms, 'a')?.id, 'b')
  assert.equal(nextUnread(rooms, 'b')?.id, 'a')
  assert.equal(nextUnread([room('c', 0)], undefined), undefined)
})
