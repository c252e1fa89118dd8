/** Loads of a follower: what was loaded last is what counts, and an outage is over when the connection is back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFollower } from '../src/follower.ts'
import type { Start } from '../src/types.ts'

const stream = 'chat:room:1'
const epoch = 'e'
type Loaded = Promise<{ readonly seq: number }>

function followed(load: (start: Start) => Loaded, handed: unknown[] = []) {
  const follower = createFollower({
    stream,
    listener: { load, on: ({ seq }) => void handed.push(seq) },
    random: Math.random,
    newRid: () => 'r',
    send: () => true,
    onError: () => undefined,
  })
  follower.joining()
  return follower
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('a load that became worthless and comes back late does not cover the newer one', async t => {
  const calls: { readonly start: Start; readonly answer: PromiseWithResolvers<{ seq: number }> }[] = []
  const pictures: number[] = []
  const handed: unknown[] = []
  const follower = followed(async start => {
    const answer = Promise.withResolvers<{ seq: number }>()
    calls.push({ start, answer })
    const loaded = await answer.promise
    pictures.push(loaded.seq) // as a page does: what it loaded is what it shows
    return loaded
  }, handed)
  t.after(() => follower.stop())
  follower.receive({ t: 'subscribed', stream, epoch, seq: 3, head: 3 })
  await turn()
  follower.receive({ t: 'reset', stream, epoch, seq: 5, reason: 'epoch' })
  await turn()
  assert.equal(calls.length, 1, 'the second waits for the first')
  calls[0]?.answer.resolve({ seq: 3 })
  await turn()
  assert.equal(calls.length, 2)
  follower.receive({ t: 'event', stream, epoch, seq: 6, id: 'i', at: '', type: 'x', body: {} })
  calls[1]?.answer.resolve({ seq: 5 })
  await turn()
  assert.deepEqual({ pictures, handed }, { pictures: [3, 5], handed: [6] })
})

test('a load that failed is tried again when the connection is back, however long the pause has grown', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let loads = 0
  let isAway = true
  const follower = followed(async () => {
    loads++
    if (isAway) throw new Error('away')
    return { seq: 9 }
  })
  t.after(() => follower.stop())
  follower.receive({ t: 'subscribed', stream, epoch, seq: 3, head: 3 })
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000]) {
    await turn()
    t.mock.timers.tick(pauseMs)
  }
  await turn()
  assert.equal(loads, 5)
  isAway = false
  follower.down()
  follower.joining()
  follower.receive({ t: 'subscribed', stream, epoch, seq: 3, head: 9 })
  t.mock.timers.tick(0)
  await turn()
  assert.equal(loads, 6)
  assert.equal(follower.position?.seq, 9)
})
