/** The floor's own hot queries, in any module's schema. `npm run plans -- runtime` prints how they run. */
import type { Sql } from '@octet/db'
import { fillTables, plansOf, type QueryPlan, type Test, testApp } from '@octet/testkit'
import { listenerModule, sample, sampleModule } from './sample.ts'

/** Events that wait for their next attempt or for an operator, events handled before, and remembered answers. */
async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into outbox (event, data, next_attempt_at, dead_at)
    select 'other', '{}', now() + interval '1 hour', case when n % 2 = 0 then now() end
    from generate_series(1, 10000) as n`
  await sql`insert into inbox (handler, event_id) select 'hearThing', gen_random_uuid() from generate_series(1, 10000)`
  await sql`
    insert into idempotency_keys (scope, key, request_hash)
    select 'user ' || n, 'key' || n, '' from generate_series(1, 10000) as n`
}

/** Fills a database and explains what the floor asks. */
export async function plans(t: Test): Promise<QueryPlan[]> {
  const app = await testApp(t, { modules: [sampleModule, listenerModule] })
  const dbs = [app.db('sample'), app.db('listener')]
  for (const db of dbs) await fillTables(db, fill)
  const client = app.client(sample)
  return plansOf(dbs, {
    'an operation under a key': () => client.addKeyed({}, { idempotencyKey: 'a-key-of-this-test' }),
    'the same again': () => client.addKeyed({}, { idempotencyKey: 'a-key-of-this-test' }),
    'delivery of an event': () => app.deliverEvents(),
  })
}
