/** A cut hits the statement it is aimed at, on a real PostgreSQL; a connection past the proxy shows the stored data. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPool } from '@octet/db'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { type Exchange, type Fate, isCommit, pass, postgresFault } from '../wire/postgres-fault.ts'

async function open(t: Test) {
  const url = new URL(await testDatabase(t, []))
  const targetPort = Number(url.port)
  const proxy = await postgresFault({ targetPort: () => targetPort })
  defer(t, () => proxy.close())
  const direct = openPool(url.href, { connectionsMax: 1 })
  defer(t, () => direct.end({ timeout: 1 }))
  await direct`create table rows (n integer primary key)`
  url.port = String(proxy.port)
  const through = openPool(url.href, { connectionsMax: 2 })
  defer(t, () => through.end({ timeout: 0 }))
  const rows = async () => (await direct`select n from rows order by n`).map(({ n }) => n as number)
  return { proxy, direct, through, rows, url: url.href }
}

/** The fate of the first matching statement; all others pass. */
function once(fits: (exchange: Exchange) => boolean, fate: Fate) {
  let isUsed = false
  return (exchange: Exchange): Fate => {
    if (isUsed || !fits(exchange)) return pass
    isUsed = true
    return fate
  }
}

const insertOf = (n: number) => (exchange: Exchange) => exchange.statement.includes(`/* ${n} */`)

test('large rows, pipelined statements, errors and repeated prepared statements pass unchanged', async t => {
  const { through, rows } = await open(t)
  const text = 'ö'.repeat(300_000)
  assert.equal((await through`select ${text}::text as text`)[0]?.text, text)
  const many = await Promise.all(Array.from({ length: 200 }, (_, n) => through`select ${n}::int as n`))
  assert.deepEqual(
    many.map(([row]) => row?.n),
    Array.from({ length: 200 }, (_, n) => n),
  )
  await through`insert into rows values (1)`
  await assert.rejects(through`insert into rows values (1)`, { code: '23505' })
  await assert.rejects(through`select 1 / ${0}::int`, { code: '22012' })
  assert.deepEqual(await rows(), [1])
})

test('a cut before the statement: the database never receives it', async t => {
  const { proxy, through, rows } = await open(t)
  proxy.decide(once(insertOf(1), { kind: 'cut-before' }))
  await assert.rejects(through`insert into rows values (1) /* 1 */`, { code: 'CONNECTION_CLOSED' })
  assert.deepEqual(await rows(), [])
  assert.equal(proxy.hits.get('cut-before'), 1)
  await through`insert into rows values (2)`
  assert.deepEqual(await rows(), [2], 'the next connection works')
})

test('a cut before COMMIT undoes the transaction; a cut after COMMIT does not', async t => {
  const { proxy, through, rows } = await open(t)
  const insert = (n: number) => through.begin(sql => sql`insert into rows values (${n})`)
  for (const [n, kind] of [
    [1, 'cut-before'],
    [2, 'cut-after'],
  ] as const) {
    // The first execution parses the statement, the second only names it: the proxy must recognise both.
    for (const repeat of [0, 10]) {
      await insert(100 + n + repeat)
      proxy.decide(once(isCommit, { kind }))
      await assert.rejects(insert(n + repeat), { code: 'CONNECTION_CLOSED' })
      proxy.decide(() => pass)
    }
    assert.equal(proxy.hits.get(kind), 2)
  }
  assert.deepEqual(
    (await rows()).filter(n => n < 100),
    [2, 12],
  )
})

test('a simple "commit" is recognised as well as a prepared one', async t => {
  const { proxy, through, rows } = await open(t)
  proxy.decide(once(isCommit, { kind: 'cut-after' }))
  const sql = await through.reserve()
  await sql.unsafe('begin').simple()
  await sql.unsafe('insert into rows values (7)').simple()
  await assert.rejects(sql.unsafe('commit').simple(), { code: 'CONNECTION_CLOSED' })
  sql.release()
  assert.deepEqual(await rows(), [7])
})

test('"cut after" answers a failed statement, which has no uncertain effect', async t => {
  const { proxy, through } = await open(t)
  proxy.decide(once(insertOf(1), { kind: 'cut-after' }))
  await assert.rejects(through`insert into nowhere values (1) /* 1 */`, { code: '42P01' })
  assert.equal(proxy.hits.get('cut-after'), undefined)
})

test('a cut after row k passes k rows, and the caller gets none', async t => {
  const { proxy, through } = await open(t)
  proxy.decide(once(({ statement }) => statement.includes('generate_series'), { kind: 'cut-after-row', row: 3 }))
  const seen: number[] = []
  await assert.rejects(
    through`select n from generate_series(1, 10) as n`.forEach(row => void seen.push(row.n as number)),
    { code: 'CONNECTION_CLOSED' },
  )
  assert.deepEqual(seen, [1, 2, 3])
})

test('a hanging statement neither ends nor answers; earlier statements took effect', async t => {
  for (const [n, kind, expected] of [
    [1, 'hang-before', []],
    [2, 'hang-after', [2]],
  ] as const) {
    const { proxy, through, rows } = await open(t)
    proxy.decide(once(insertOf(n), { kind }))
    const waiting = through.unsafe(`insert into rows values (${n}) /* ${n} */`).then(
      () => 'answered',
      () => 'ended',
    )
    const deadlineMs = performance.now() + 5_000
    while (proxy.hits.get(kind) === undefined) {
      assert.ok(performance.now() < deadlineMs, `${kind} never fell`)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    assert.equal((await through`select 1 as one`)[0]?.one, 1, 'other connections go on')
    assert.equal(await Promise.race([waiting, 'silent']), 'silent')
    assert.deepEqual(await rows(), expected)
    const cpu = process.cpuUsage()
    proxy.cut('reset')
    assert.equal(await waiting, 'ended')
    await new Promise(resolve => setTimeout(resolve, 250))
    const { user, system } = process.cpuUsage(cpu)
    assert.ok(user + system < 200_000, `${user + system} µs of work for a cut: it spins`)
    assert.ok(proxy.connections <= 2, 'what was cut is gone')
  }
})

test('notifications are dropped on request, and the rest of the connection works', async t => {
  const { proxy, direct, through } = await open(t)
  const heard: string[] = []
  await through.listen('news', text => void heard.push(text))
  proxy.dropNotifications(true)
  await direct`select pg_notify('news', 'dropped')`
  // PostgreSQL sends a pending notification before the answer on the same connection: once the answer has passed, the
  // notification was dropped.
  await new Promise(resolve => setTimeout(resolve, 50))
  proxy.dropNotifications(false)
  await direct`select pg_notify('news', 'heard')`
  const deadlineMs = performance.now() + 5_000
  while (heard.length === 0 && performance.now() < deadlineMs) await new Promise(resolve => setTimeout(resolve, 5))
  assert.deepEqual(heard, ['heard'])
})
