import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { job } from '@octet/jobs'
import { testApp } from '@octet/testkit'
import { sampleModule } from './sample.ts'

const wait = job('sample.wait')

function valueIn(text: string, series: string): number {
  const line = text.split('\n').find(line => line.startsWith(`${series} `))
  assert.ok(line !== undefined, `${series} is missing:\n${text}`)
  return Number(line.slice(series.length))
}

test('the metrics show the events and jobs that wait and those that failed too often', async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  const { sql } = app.db('sample')
  await sql`insert into outbox (event, data, created_at) values ('other', '{}', now() - interval '1 hour')`
  await sql`insert into outbox (event, data, dead_at) select 'other', '{}', now() from generate_series(1, 3)`
  app.runtime.jobs.define(wait, { run: async () => undefined })
  await app.db('sample').transaction('sample.enqueue', tx => app.runtime.jobs.enqueue(tx, wait, {}))

  const text = await app.metrics.text()
  assert.equal(valueIn(text, 'octet_outbox_waiting{module="sample"}'), 1)
  assert.equal(valueIn(text, 'octet_outbox_dead{module="sample"}'), 3)
  assert.ok(valueIn(text, 'octet_outbox_oldest_seconds{module="sample"}') >= 3_600)
  assert.equal(valueIn(text, 'octet_jobs_waiting{job="sample.wait"}'), 1)
  assert.equal(valueIn(text, 'octet_jobs_dead{job="sample.wait"}'), 0)
  assert.ok(valueIn(text, 'octet_jobs_oldest_seconds{job="sample.wait"}') >= 0)
})

test('the backlog is read at most every five seconds, and its age is shown', async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  const waiting = async () => {
    await delay(1_100) // The text itself is kept for a second of real time.
    return app.metrics.text()
  }
  await app.metrics.text()
  await app.db('sample').sql`insert into outbox (event, data) values ('other', '{}')`
  app.nowMs += 4_000
  const before = await waiting()
  assert.equal(valueIn(before, 'octet_outbox_waiting{module="sample"}'), 0)
  assert.equal(valueIn(before, 'octet_backlog_read_age_seconds'), 4)
  app.nowMs += 1_000
  assert.equal(valueIn(await waiting(), 'octet_outbox_waiting{module="sample"}'), 1)
})
