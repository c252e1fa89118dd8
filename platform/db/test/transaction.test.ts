import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defer, type Test, testDatabase } from '@octet/testkit'
import {
  type Db,
  forgetOld,
  type IdempotencyKey,
  newId,
  openDb,
  openPool,
  runOnce,
  type Tx,
  transactionInProgress,
  uniqueViolation,
} from '../src/index.ts'

const sets = ['db_one', 'db_two'].map(module => ({ module, folder: new URL('./sample-migrations/', import.meta.url) }))

async function open(t: Test, onPublished?: () => void): Promise<{ db: Db; url: string }> {
  const url = await testDatabase(t, sets)
  const db = openDb({ url, schema: 'db_one', onPublished })
  defer(t, () => db.close())
  await db.sql`insert into things (id) values (1), (2)`
  return { db, url }
}

test('a module cannot read or write the tables of another', async t => {
  const { db } = await open(t)
  await assert.rejects(db.sql`select * from db_two.things`, /permission denied/)
  await assert.rejects(db.sql`insert into db_two.outbox (event, data) values ('x', '{}')`, /permission denied/)
  await assert.rejects(db.sql`create table public.x (id int)`, /permission denied/)
})

test('the writes and the events of a transaction exist only if it commits', async t => {
  let published = 0
  const { db } = await open(t, () => published++)
  const failing = db.transaction('test', async tx => {
    await tx.sql`update things set value = 7 where id = 1`
    await tx.publish('thing-changed', { id: 1 } as never)
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  assert.deepEqual([(await db.sql`select 1 from outbox`).length, published], [0, 0])
  await db.transaction('test', async tx => {
    await tx.sql`update things set value = 7 where id = 1`
    await tx.publish('thing-changed', { id: 1 } as never)
  })
  assert.deepEqual([(await db.sql`select 1 from outbox`).length, published], [1, 1])
})

test('a transaction that fails to serialize is retried until it commits', async t => {
  const { db } = await open(t)
  let runs = 0
  const bothHaveRead = Promise.withResolvers<void>()
  const increment = () =>
    db.transaction('increment', async tx => {
      await tx.sql`set transaction isolation level serializable`
      const [row] = await tx.sql<{ value: number }[]>`select value from things where id = 1`
      if (++runs === 2) bothHaveRead.resolve()
      await bothHaveRead.promise
      await tx.sql`update things set value = ${(row?.value ?? 0) + 1} where id = 1`
    })
  await Promise.all([increment(), increment()])
  const [row] = await db.sql<{ value: number }[]>`select value from things where id = 1`
  assert.equal(row?.value, 2)
  assert.ok(runs > 2, 'the transactions collided')
})

test('two transactions that lock in opposite order both commit', async t => {
  const { db } = await open(t)
  const attempts = { count: 0 }
  const meet = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() }
  const both = (name: 'first' | 'second', ids: readonly [number, number]) =>
    db.transaction(name, async tx => {
      attempts.count++
      await tx.sql`update things set value = value + 1 where id = ${ids[0]}`
      meet[name].resolve()
      await meet[name === 'first' ? 'second' : 'first'].promise
      await tx.sql`update things set value = value + 1 where id = ${ids[1]}`
    })
  await Promise.all([both('first', [1, 2]), both('second', [2, 1])])
  assert.ok(attempts.count > 2, 'one of them was the victim of a deadlock')
  const rows = await db.sql<{ value: number }[]>`select value from things order by id`
  assert.deepEqual(
    rows.map(({ value }) => value),
    [2, 2],
  )
})

test('a transaction inside a transaction is refused with an explanation', async t => {
  const { db } = await open(t)
  const nested = db.transaction('outer', async () => {
    assert.equal(transactionInProgress(), 'outer')
    await db.transaction('inner', async () => undefined)
  })
  await assert.rejects(nested, /"inner" was opened inside transaction "outer"/)
  assert.equal(transactionInProgress(), undefined)
})

test('a connection lost in the body means not executed; in COMMIT it means unknown', async t => {
  const { db, url } = await open(t)
  const admin = openPool(url, { connectionsMax: 1 })
  defer(t, () => admin.end())
  const inBody = db.transaction('test', async tx => {
    const [row] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    await admin`select pg_terminate_backend(${row?.pid ?? 0})`
    await tx.sql`select 1`
  })
  await assert.rejects(inBody, { code: 'unavailable', executed: 'no' })
  await db.sql`
    create function slow_commit() returns trigger language plpgsql
    as $$ begin perform pg_sleep(3); return null; end $$`
  await db.sql`
    create constraint trigger slow after update on things deferrable initially deferred
    for each row execute function slow_commit()`
  const pid = Promise.withResolvers<number>()
  const inCommit = db.transaction('test', async tx => {
    const [row] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    await tx.sql`update things set value = 9 where id = 1`
    pid.resolve(row?.pid ?? 0)
  })
  inCommit.catch(() => undefined)
  const backend = await pid.promise
  for (;;) {
    const [row] = await admin<{ query: string }[]>`select query from pg_stat_activity where pid = ${backend}`
    if (/^commit/i.test(row?.query ?? '')) break
  }
  await admin`select pg_terminate_backend(${backend})`
  await assert.rejects(inCommit, { code: 'unavailable', executed: 'maybe' })
})

test('a transaction whose connection broke runs nothing more, least of all on another connection', async t => {
  const { url } = await open(t)
  const db = openDb({ url, schema: 'db_one', connectionsMax: 1 })
  defer(t, () => db.close())
  const admin = openPool(url, { connectionsMax: 1 })
  defer(t, () => admin.end({ timeout: 5 }))
  const [broken, goOn, ended] = [0, 0, 0].map(() => Promise.withResolvers<void>())
  const torn = db.transaction('torn', async tx => {
    const [row] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    await admin`select pg_terminate_backend(${row?.pid ?? 0})`
    broken?.resolve()
    await goOn?.promise
    await tx.sql`insert into things (id, value) values (8, 8)`.finally(() => ended?.resolve())
  })
  torn.catch(() => undefined) // checked below
  await broken?.promise
  // The pool has one connection: this one replaces the broken one.
  await db.transaction('other', async tx => {
    await tx.sql`insert into things (id, value) values (9, 9)`
    goOn?.resolve()
    await ended?.promise.catch(() => undefined)
    await assert.rejects(torn, { code: 'unavailable', executed: 'no' })
    await tx.sql`update things set value = 10 where id = 9`
  })
  assert.deepEqual([...(await db.sql`select id, value from things where id > 7`)], [{ id: 9, value: 10 }])
})

test('a body runs once under one key, however many callers repeat it, and a failed run stores nothing', async t => {
  const { db } = await open(t)
  const key = { scope: 'user a', operation: 'x', key: 'k', input: { n: 1 } }
  let runs = 0
  const ask = (asked: object = {}) =>
    runOnce(db, 'test', { ...key, ...asked }, async tx => {
      runs++
      await tx.sql`update things set value = value + 1 where id = 1`
      return { answer: runs }
    })
  await assert.rejects(
    runOnce(db, 'test', key, async () => Promise.reject(new Error('first try fails'))),
    /first try/,
  )
  assert.deepEqual(await ask(), { answer: 1 })
  assert.deepEqual(await ask(), { answer: 1 })
  await assert.rejects(ask({ input: { n: 2 } }), { code: 'idempotency-key-reused' })
  assert.deepEqual(await ask({ scope: 'user b' }), { answer: 2 })
  const [row] = await db.sql<{ value: number }[]>`select value from things where id = 1`
  assert.equal(row?.value, 2)
})

test('a second request under a key that is still running is refused at once', async t => {
  const { db } = await open(t)
  const key = { scope: 's', operation: 'x', key: 'k', input: 1 }
  const started = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const first = runOnce(db, 'test', key, async () => {
    started.resolve()
    await finish.promise
    return 'done'
  })
  await started.promise
  await assert.rejects(
    runOnce(db, 'test', key, async () => 'twice'),
    { code: 'idempotency-in-flight', status: 409 },
  )
  finish.resolve()
  assert.equal(await first, 'done')
})

/** A module that remembers its things by name. `value` counts how often a body ran. */
function openMemory(db: Db) {
  const known = new Map<string, string>()
  const add = (key: IdempotencyKey, name: string, during: () => Promise<unknown> = async () => undefined) => {
    const body = async (tx: Tx) => {
      await tx.sql`update things set value = value + 1 where id = 1`
      await during()
      known.set(name, `${name} of now`)
      return `${name} of then`
    }
    return runOnce(db, 'test', key, body, async () => known.get(name))
  }
  const countOf = async () => (await db.sql<{ value: number }[]>`select value from things where id = 1`)[0]?.value
  const keys = async () => (await db.sql`select from idempotency_keys`).length
  return { add, countOf, keys }
}

test('a module that recalls numbered sends answers repeats out of turn, and no key is stored', async t => {
  const { db } = await open(t)
  const { add, countOf, keys } = openMemory(db)
  const sender = { userId: newId(), device: 'd', stream: 's' }
  const send = (csn: number, cmid: string) =>
    add({ scope: 's', operation: 'x', key: cmid, input: cmid, turn: { ...sender, csn, cmid } }, cmid)
  await assert.rejects(send(2, 'b'), { code: 'out-of-turn' })
  assert.equal(await send(1, 'a'), 'a of then')
  for (const csn of [1, 2, 7]) assert.equal(await send(csn, 'a'), 'a of now')
  assert.equal(await send(2, 'b'), 'b of then')
  assert.deepEqual([await countOf(), await keys()], [2, 0])
})

test('a numbered send that is still running is refused at once, and runs again when it was rolled back', async t => {
  const { db } = await open(t)
  const { add, countOf } = openMemory(db)
  const turn = { userId: newId(), device: 'd', stream: 's', csn: 1, cmid: 'c' }
  const key = { scope: 's', operation: 'x', key: 'c', input: 1, turn }
  const [started, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const first = add(key, 'c', async () => {
    started.resolve()
    await finish.promise
    throw new Error('no')
  })
  await started.promise
  await assert.rejects(add(key, 'c'), { code: 'idempotency-in-flight', retryAfterMs: 1_000 })
  finish.resolve()
  await assert.rejects(first, /no/)
  assert.equal(await add(key, 'c'), 'c of then')
  assert.equal(await countOf(), 1)
})

test('beside the memory of its module, a key only refuses other requests', async t => {
  const { db } = await open(t)
  const { add, countOf, keys } = openMemory(db)
  const key = { scope: 's', operation: 'x', key: 'k', input: 'a' }
  assert.equal(await add(key, 'a'), 'a of then')
  assert.equal(await add(key, 'a'), 'a of now')
  assert.equal(await add({ ...key, key: 'other' }, 'a'), 'a of now')
  await assert.rejects(add({ ...key, input: 'b' }, 'b'), { code: 'idempotency-key-reused' })
  assert.deepEqual([await countOf(), await keys()], [1, 2])
  // A server of the previous release answers with what is stored.
  assert.equal((await db.sql`select from idempotency_keys where response is null`).length, 0)
})

test('keys are deleted after a day, handled events after a week', async t => {
  const { db } = await open(t)
  await db.sql`insert into idempotency_keys (scope, key, request_hash, created_at)
    values ('s', 'old', '', now() - interval '25 hours'), ('s', 'new', '', now())`
  await db.sql`insert into inbox (handler, event_id, handled_at)
    values ('h', ${newId()}, now() - interval '8 days'), ('h', ${newId()}, now() - interval '6 days')`
  assert.equal(await forgetOld(db, 24), 2)
  assert.deepEqual(
    [(await db.sql`select 1 from idempotency_keys`).length, (await db.sql`select 1 from inbox`).length],
    [1, 1],
  )
})

test('times come back as ISO strings in UTC, and counts as numbers', async t => {
  const { db } = await open(t)
  const [row] = await db.sql<{ at: string; count: number }[]>`
    select timestamptz '2026-03-10 23:50:00.120+02' as at, count(*) as count from things`
  assert.deepEqual({ ...row }, { at: '2026-03-10T21:50:00.120Z', count: 2 })
})

test('a unique violation names its constraint', async t => {
  const { db } = await open(t)
  const error = await db.sql`insert into things (id) values (1)`.catch((thrown: unknown) => thrown)
  assert.equal(uniqueViolation(error), 'things_pkey')
  assert.equal(uniqueViolation(new Error('x')), undefined)
})

test('ids from one process sort in the order of their creation and carry their time', () => {
  const ids = Array.from({ length: 10_000 }, () => newId())
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids.slice(0, 100))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
