/** Tests which messages notify the user. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Room } from '@octet/contracts/chat'
import { isForMe, isQuiet, waitingCount } from '../src/features/chat/attention/attention-rules.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const me = 'me'

type Membership = NonNullable<Room['membership']>

function roomOf(kind: Room['kind'], membership: Partial<Membership> | null): Room {
  const all = { role: 'member', notify: 'all', readSeq: 10, unread: 0, mentions: 0, ...membership }
  return { id: 'room', kind, membership: membership === null ? null : all } as Room
}

type Said = Parameters<typeof isForMe>[1]
function said(patch: { seq?: number; from?: string; at?: string; mentions?: string[] } = {}): Said {
  const { seq = 11, from = 'other', at = new Date(now - 1_000).toISOString(), mentions = [] } = patch
  return { type: 'message', seq, from, at, body: { mentions } } as unknown as Said
}

test('direct messages and mentions notify me, other messages do not', () => {
  assert.equal(isForMe(roomOf('direct', {}), said(), me, now), true)
  assert.equal(isForMe(roomOf('channel', {}), said(), me, now), false)
  assert.equal(isForMe(roomOf('channel', {}), said({ mentions: [me] }), me, now), true)
  assert.equal(isForMe(roomOf('channel', { notify: 'mentions' }), said({ mentions: [me] }), me, now), true)
  assert.equal(isForMe(roomOf('direct', { notify: 'mentions' }), said(), me, now), false)
})

test('muted rooms, foreign rooms, own messages, read messages and old messages do not notify', () => {
  const named = said({ mentions: [me] })
  assert.equal(isForMe(roomOf('direct', { notify: 'nothing' }), named, me, now), false)
  assert.equal(isForMe(roomOf('channel', null), named, me, now), false)
  assert.equal(isForMe(roomOf('direct', {}), said({ from: me }), me, now), false)
  assert.equal(isForMe(roomOf('direct', { readSeq: 11 }), said(), me, now), false)
  assert.equal(isForMe(roomOf('direct', {}), said({ at: '2026-03-01T11:58:00Z' }), me, now), false)
})

test('the count follows each room’s setting: all messages, mentions only, or nothing', () => {
  const counts = { unread: 5, mentions: 2 }
  const rooms = (['all', 'mentions', 'nothing'] as const).map(notify => roomOf('channel', { notify, ...counts }))
  assert.deepEqual(
    rooms.map(room => waitingCount([room])),
    [5, 2, 0],
  )
  assert.equal(waitingCount([...rooms, roomOf('channel', null)]), 7)
})

test('do-not-disturb expires', () => {
  assert.equal(isQuiet('2026-03-01T12:00:01Z', now), true)
  assert.equal(isQuiet('2026-03-01T12:00:00Z', now), false)
  assert.equal(isQuiet(null, now), false)
})
