import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { openDb, type SlowQuery } from '../src/index.ts'

const sample = { module: 'slow_test', folder: new URL('./sample-migrations/', import.meta.url) }

async function open(t: Test, thresholdMs?: number) {
  const url = await testDatabase(t, [sample])
  const reports: SlowQuery[] = []
  let slow = 0
  const db = openDb({
    url,
    schema: 'slow_test',
    slowQueries: { thresholdMs, onSlow: () => void slow++, onReport: report => void reports.push(report) },
  })
  defer(t, () => db.close())
  const reported = async (count: number) => {
    while (reports.length < count) await delay(5)
    return reports
  }
  return { db, reports, reported, slow: () => slow }
}

test('a slow statement is reported with its plan and without its values, also inside a transaction', async t => {
  const { db, reported } = await open(t)
  await db.transaction('slow', async ({ sql }) => {
    await sql`
      select id, pg_sleep(0.15) from (values (7)) as one(id) left join things using (id)
      where name is distinct from ${'Ada'}`
  })
  const [report] = await reported(1)
  assert.ok(report !== undefined && report.durationMs >= 100)
  assert.equal(report.schema, 'slow_test')
  assert.match(report.statement, /name is distinct from \$1$/)
  assert.match(report.plan?.join('\n') ?? '', /Scan .*on things/)
  assert.doesNotMatch(JSON.stringify(report), /Ada/)
})

test('a fast statement is not reported', async t => {
  const { db, reports, slow } = await open(t, 10_000)
  await db.sql`select * from things`
  assert.deepEqual([reports.length, slow()], [0, 0])
})

test('every slow statement is counted, and reports have a pause between them', async t => {
  const { db, reported, slow } = await open(t, 0)
  for (let n = 0; n < 3; n++) await db.sql`select ${n}::int`
  await db.sql`select 1`
  await db.transaction('four', ({ sql }) => sql`select 2`)
  const reports = await reported(1)
  assert.deepEqual([slow(), reports.length, reports[0]?.unreported], [5, 1, 0])
})

test('a slow statement that fails is reported like one that succeeds', async t => {
  const { db, reported } = await open(t)
  await assert.rejects(db.sql`select pg_sleep(0.12), 1 / (random() * 0)::int`, /division by zero/)
  const [report] = await reported(1)
  assert.match(report?.statement ?? '', /division|random/)
})
