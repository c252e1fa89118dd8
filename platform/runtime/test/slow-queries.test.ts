import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testApp } from '@octet/testkit'
import { sampleModule } from './sample.ts'

test("a module's slow statement is logged with its plan and counted in the metrics", async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  await app.db('sample')
    .sql`select ${'a person'}::text, pg_sleep(0.12) from outbox right join (select 1) as one on true`
  const lineOf = () => app.logLines.find(line => line.includes('took longer than 100 ms'))
  while (lineOf() === undefined) await delay(5)
  const { schema, statement, plan } = JSON.parse(lineOf() ?? '')
  assert.equal(schema, 'sample')
  assert.match(statement, /^select \$1::text, pg_sleep/)
  assert.match(plan.join('\n'), /on outbox/)
  assert.doesNotMatch(lineOf() ?? '', /a person/)
  assert.match(await app.metrics.text(), /^octet_slow_queries_total\{schema="sample"\} 1$/m)
})
