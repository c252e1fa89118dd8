/** The hot queries of jobs with a long queue. `npm run plans -- jobs` prints their plans. */
import { openDb } from '@octet/db'
import { defer, fillTables, plansOf, type QueryPlan, type Test, testDatabase } from '@octet/testkit'
import { jobsMigrations } from '../src/index.ts'
import * as store from '../src/store.ts'

/** Fills a database and explains the queries of a worker. */
export async function plans(t: Test): Promise<QueryPlan[]> {
  const db = openDb({ url: await testDatabase(t, [jobsMigrations]), schema: jobsMigrations.module })
  defer(t, () => db.close())
  await fillTables(
    db,
    sql => sql`
      insert into jobs (id, name, payload, due_at)
      select gen_random_uuid(), 'module.job' || n % 10, '{}', now() + (n - 100) * interval '1 second'
      from generate_series(1, 20000) as n`,
  )
  const want = {
    slots: [
      { name: 'module.job1', slots: 8, oneAtATime: false },
      { name: 'module.job2', slots: 8, oneAtATime: false },
    ],
    free: 8,
    worker: 'test',
    leaseMs: 3_000,
  }
  const { sql } = db
  const [one, two, ...held] = await store.take(sql, want)
  if (one === undefined || two === undefined) throw new Error('there is no job to take')
  return plansOf([db], {
    enqueue: () =>
      store.enqueue(sql, { name: 'module.job1', payload: '{}', runAt: undefined, traceparent: undefined, key: 'key' }),
    'take due jobs': () => store.take(sql, want),
    'renew leases': () => store.renew(sql, held, 3_000),
    'finish a job': () => store.finish(sql, one),
    'retry a job': () => store.retry(sql, two, 'it failed', 1_000),
    'release jobs': () => store.giveBack(sql, held),
  })
}
