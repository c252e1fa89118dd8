/** Three job queues behind one interface, each with the settings that come closest to Octet's requirements. */
import { pathToFileURL } from 'node:url'
import { migrateUp, openPool, type Tx } from '@octet/db'
import { Type } from 'typebox'
import { createJobs, job, jobsMigrations } from '../src/index.ts'

export type Pool = ReturnType<typeof openPool>
export interface Payload {
  readonly id: number
  readonly askedAt: number
  /** How long the first attempt runs. */
  readonly firstMs: number
}

export interface Contender {
  /** Runs once per database. */
  install(url: string): Promise<void>
  /** Runs inside a postgres.js transaction. */
  enqueue(tx: Tx['sql'], payload: Payload): Promise<unknown>
  /** Runs in a worker process, eight jobs at once. */
  work(url: string, run: (payload: Payload) => Promise<void>): Promise<void>
}

/** The peers are not dependencies of Octet: install them anywhere and set the folder. */
// biome-ignore lint/suspicious/noExplicitAny: the peers have no types here
const peer = (path: string): Promise<any> => import(pathToFileURL(`${process.env.OCTET_JOBS_PEERS}/${path}`).href)
const silent = { info() {}, warn: console.error, error: console.error }

function octet(): Contender {
  let url = ''
  return {
    async install(at) {
      url = at
      await migrateUp(url, [jobsMigrations])
    },
    enqueue: (sql, payload) =>
      sql`select platform_jobs.enqueue('bench.run', ${JSON.stringify(payload)}::text, null, null)`,
    async work(at, run) {
      const jobs = createJobs({ url: at, log: silent })
      jobs.define(job('bench.run', Type.Unsafe<Payload>(Type.Object({}))), { run, timeoutMs: 60_000 })
      await jobs.start()
    },
  }
}

/**
 * `lease`: with our own heartbeat table and reaper on top, since the library frees the job of a dead worker after 4
 * hours.
 */
function graphileWorker(lease: boolean): Contender {
  const load = () => peer('gw/node_modules/graphile-worker/dist/index.js')
  const options = (connectionString: string) => ({ connectionString, pollInterval: 500, noHandleSignals: true })
  return {
    async install(url) {
      const { Logger, makeWorkerUtils } = await load()
      const quiet = new Logger(() => () => {})
      const utils = await makeWorkerUtils({ connectionString: url, logger: quiet })
      await utils.migrate()
      await utils.release()
      const sql = openPool(url)
      await sql`create table bench_pools (id text primary key, seen_at timestamptz not null)`
      await sql.end()
    },
    enqueue: (sql, payload) => sql`select graphile_worker.add_job('run', ${JSON.stringify(payload)}::text::json)`,
    async work(url, run) {
      const { Logger, run: start } = await load()
      const { EventEmitter } = await import('node:events')
      const events = new EventEmitter()
      const ids: string[] = []
      events.on('pool:create', ({ workerPool }) => ids.push(workerPool.id))
      const taskList = { run: (payload: Payload) => run(payload) }
      await start({ ...options(url), concurrency: 8, taskList, events, logger: new Logger(() => () => {}) })
      if (!lease) return
      const sql = openPool(url, { connectionsMax: 1 })
      const beat = () => sql`
        insert into bench_pools select json_array_elements_text(${JSON.stringify(ids)}::text::json), now()
        on conflict (id) do update set seen_at = now()`
      const reap = () => sql`
        with dead as (delete from bench_pools where seen_at < now() - interval '3 seconds' returning id)
        select graphile_worker.force_unlock_workers(array_agg(id)) from dead having count(*) > 0`
      await beat()
      setInterval(() => void beat().catch(() => {}), 1_000)
      setInterval(() => void reap().catch(() => {}), 500)
    },
  }
}

/** `notify`: woken by NOTIFY in the enqueueing transaction; otherwise it polls at the library's minimum, 500 ms. */
function pgBoss(notify: boolean): Contender {
  const load = () => peer(`${process.env.PGBOSS ?? 'pb38'}/node_modules/pg-boss/dist/index.js`)
  const options = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, useListenNotify: notify }
  const poll = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 }
  // The library accepts no shorter heartbeat than 10 s.
  const queue = { notify, heartbeatSeconds: 10, retryLimit: 5, retryDelay: 0, expireInSeconds: 60 }
  // biome-ignore lint/suspicious/noExplicitAny: the peers have no types here
  let boss: any
  const open = async (connectionString: string) => {
    const { PgBoss } = await load()
    boss = new PgBoss({ connectionString, ...options })
    boss.on('error', console.error)
    await boss.start()
  }
  return {
    async install(url) {
      await open(url)
      await boss.createQueue('run', queue)
    },
    enqueue(sql, payload) {
      const db = { executeSql: async (text: string, values: never[]) => ({ rows: await sql.unsafe(text, values) }) }
      return boss.send('run', payload, { db })
    },
    async work(url, run) {
      await open(url)
      await boss.work(
        'run',
        { localConcurrency: 8, batchSize: 10, burstWhenBatchFull: true, ...poll },
        async (batch: { data: Payload }[]) => void (await Promise.all(batch.map(job => run(job.data)))),
      )
    },
  }
}

export const contenders: Record<string, () => Contender> = {
  octet,
  'graphile-worker': () => graphileWorker(false),
  'graphile-worker+lease': () => graphileWorker(true),
  'pg-boss': () => pgBoss(false),
  'pg-boss+notify': () => pgBoss(true),
}
