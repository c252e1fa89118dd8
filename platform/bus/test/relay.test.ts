import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Db, openDb } from '@octet/db'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { createRelay, deadEvents, type OutboxEvent, outboxStats, replayEvent } from '../src/index.ts'

const set = { module: 'bus_test', folder: new URL('../../db/test/sample-migrations/', import.meta.url) }
const log = { warn: () => undefined, error: () => undefined }

async function open(t: Test): Promise<Db> {
  const db = openDb({ url: await testDatabase(t, [set]), schema: 'bus_test' })
  defer(t, () => db.close())
  return db
}

function publish(db: Db, n: number): Promise<void> {
  return db.transaction('publish', tx => tx.publish('thing-happened', { n } as never))
}

function relayOf(db: Db, deliver: (event: OutboxEvent) => Promise<void>, options: object = {}) {
  return createRelay({ module: 'bus_test', db, log, deliver, ...options })
}

const numberOf = (event: OutboxEvent) => (event.data as { n: number }).n

test('every event of a committed transaction is delivered in order and then deleted', async t => {
  const db = await open(t)
  for (let n = 0; n < 5; n++) await publish(db, n)
  const seen: number[] = []
  const relay = relayOf(db, async event => {
    assert.equal(event.event, 'bus_test.thing-happened')
    seen.push(numberOf(event))
  })
  assert.equal(await relay.runOnce(), 5)
  assert.deepEqual(seen, [0, 1, 2, 3, 4])
  assert.equal((await db.sql`select 1 from outbox`).length, 0)
})

test('an event that commits late is not skipped by one that committed before it', async t => {
  const db = await open(t)
  const seen: number[] = []
  const relay = relayOf(db, async event => void seen.push(numberOf(event)))
  const opened = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const late = db.transaction('late', async tx => {
    await tx.publish('thing-happened', { n: 1 } as never)
    opened.resolve()
    await finish.promise
  })
  await opened.promise
  await publish(db, 2)
  await relay.runOnce()
  assert.deepEqual(seen, [2], 'the later id was delivered while the earlier was still open')
  finish.resolve()
  await late
  await relay.runOnce()
  assert.deepEqual(seen, [2, 1])
})

test('two relays on one outbox deliver each event once between them', async t => {
  const db = await open(t)
  for (let n = 0; n < 300; n++) await publish(db, n)
  const seen: number[] = []
  const relays = [1, 2].map(() => relayOf(db, async event => void seen.push(numberOf(event))))
  for (let handled = 1; handled > 0; ) {
    handled = (await Promise.all(relays.map(relay => relay.runOnce()))).reduce((sum, count) => sum + count, 0)
  }
  assert.equal(seen.length, 300)
  assert.equal(new Set(seen).size, 300)
})

test('a relay that dies loses its leased events after the lease, not before', async t => {
  const db = await open(t)
  await publish(db, 1)
  const taken = Promise.withResolvers<void>()
  const dead = relayOf(db, () => {
    taken.resolve()
    return new Promise(() => undefined) // never answers, like a killed process
  })
  void dead.runOnce()
  await taken.promise
  const seen: number[] = []
  const heir = relayOf(db, async event => void seen.push(numberOf(event)))
  assert.equal(await heir.runOnce(), 0)
  await db.sql`update outbox set next_attempt_at = next_attempt_at - interval '5 seconds'`
  assert.equal(await heir.runOnce(), 1)
  assert.deepEqual(seen, [1])
})

test('a failing event is retried and then set aside; other events pass it; it can be replayed', async t => {
  const db = await open(t)
  for (const n of [1, 2, 3]) await publish(db, n)
  let isHealed = false
  const seen: number[] = []
  const relay = relayOf(
    db,
    async event => {
      if (numberOf(event) === 2 && !isHealed) throw new Error('cannot digest 2')
      seen.push(numberOf(event))
    },
    { attemptsMax: 3 },
  )
  for (let round = 0; round < 3; round++) {
    await relay.runOnce()
    await db.sql`update outbox set next_attempt_at = now()`
  }
  assert.deepEqual(seen, [1, 3])
  const [dead] = await deadEvents(db)
  assert.equal(dead?.last_error, 'cannot digest 2')
  assert.equal(await relay.runOnce(), 0, 'set aside means left alone')
  isHealed = true
  assert.equal(await replayEvent(db, dead?.id ?? 0), true)
  assert.equal(await replayEvent(db, dead?.id ?? 0), false)
  await relay.runOnce()
  assert.deepEqual(seen, [1, 3, 2])
})

test('a running relay delivers within its poll interval, at once when woken, and stops cleanly', async t => {
  const db = await open(t)
  let arrived = Promise.withResolvers<void>()
  const relay = relayOf(db, async () => arrived.resolve(), { pollMs: 20 })
  relay.start()
  defer(t, () => relay.stop())
  await publish(db, 1)
  await arrived.promise
  arrived = Promise.withResolvers<void>()
  await publish(db, 2)
  relay.wake()
  await arrived.promise
  await relay.stop()
  await publish(db, 3)
  assert.equal((await db.sql`select 1 from outbox`).length, 1)
})

test('the stats of an outbox count waiting and dead events and give the age of the oldest waiting one', async t => {
  const db = await open(t)
  assert.deepEqual(await outboxStats(db), { waiting: 0, oldestMs: 0, dead: 0 })
  for (let n = 0; n < 3; n++) await publish(db, n)
  await db.sql`update outbox set created_at = now() - interval '1 hour' where id = (select max(id) - 1 from outbox)`
  await db.sql`update outbox set dead_at = now() where id = (select min(id) from outbox)`
  const { waiting, oldestMs, dead } = await outboxStats(db)
  assert.deepEqual([waiting, dead], [2, 1])
  assert.ok(oldestMs >= 3_600_000 && oldestMs < 3_900_000, `${oldestMs} ms`)
})
