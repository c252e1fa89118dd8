/**
 * Compares job queues by Octet's requirements; docs/decisions/0003-jobs.md has the numbers.
 * OCTET_TEST_DATABASE_URL=postgres://…  OCTET_JOBS_PEERS=/somewhere  node platform/jobs/bench/compare.ts octet …
 * The folder of the peers holds `gw` (graphile-worker installed) and `pb38` (pg-boss). Each contender has its own
 * database; the enqueuer and the workers are separate processes.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPool, type Sql } from '@octet/db'
import { type Contender, contenders, type Payload, type Pool } from './contenders.ts'

const now = () => performance.timeOrigin + performance.now()
interface Started {
  readonly id: number
  readonly askedAt: number
  readonly at: number
  readonly pid: number
}

async function workerMain(name: string, url: string): Promise<void> {
  const seen = new Set<number>()
  process.on('disconnect', () => process.exit())
  process.on('message', () => process.send!({ cpuMs: process.cpuUsage().user / 1e3 + process.cpuUsage().system / 1e3 }))
  await contenders[name]!().work(url, async ({ id, askedAt, firstMs }) => {
    process.send!({ id, askedAt, at: now(), pid: process.pid } satisfies Started)
    const again = await isAgain(url, id, seen)
    if (firstMs > 0 && !again) await sleep(firstMs)
  })
  process.send!('ready')
}

/** Whether another process has run this job before; only checked for jobs that must run twice (id < 0). */
async function isAgain(url: string, id: number, seen: Set<number>): Promise<boolean> {
  if (id >= 0) return false
  const sql = openPool(url, { connectionsMax: 1 })
  const rows = await sql`insert into bench_seen values (${id}) on conflict do nothing returning 1`
  await sql.end()
  return rows.length === 0 || seen.has(id)
}

interface Bench {
  readonly name: string
  readonly url: string
  readonly sql: Pool
  readonly contender: Contender
  readonly starts: Started[]
  readonly workers: ChildProcess[]
  nextId: number
}

async function startWorker(bench: Bench): Promise<ChildProcess> {
  const child = fork(import.meta.filename, ['--worker', bench.name, bench.url], { stdio: ['ignore', 2, 2, 'ipc'] })
  bench.workers.push(child)
  child.on('message', (message: Started) => typeof message.id === 'number' && bench.starts.push(message))
  await once(child, 'message')
  return child
}

async function enqueue(bench: Bench, firstMs = 0, id = bench.nextId++): Promise<void> {
  const payload: Payload = { id, askedAt: now(), firstMs }
  await bench.sql.begin(async tx => {
    await tx`insert into bench_rows default values`
    await bench.contender.enqueue(tx as unknown as Sql, payload)
  })
}

async function startsOf(bench: Bench, id: number, count: number, timeoutMs: number): Promise<Started[]> {
  const until = now() + timeoutMs
  const found = () => bench.starts.filter(start => start.id === id)
  while (now() < until && found().length < count) await sleep(5)
  return found()
}

const round = (value: number) => Math.round(value * 10) / 10
function percentiles(values: number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

/** Milliseconds from the begin of the transaction to the first line of the job. */
async function latency(bench: Bench, jobs: number, gapMs: () => number) {
  const first = bench.nextId
  const asked: Promise<void>[] = []
  for (let i = 0; i < jobs; i++) {
    asked.push(enqueue(bench))
    await sleep(gapMs())
  }
  await Promise.all(asked)
  await startsOf(bench, bench.nextId - 1, 1, 5_000)
  await sleep(300)
  return percentiles(bench.starts.filter(start => start.id >= first).map(start => start.at - start.askedAt))
}

/** Committed transactions per second over eight connections, with and without a job in each; no worker runs. */
async function enqueueRate(bench: Bench, forMs: number) {
  const rate = async (body: (tx: Sql) => Promise<unknown>) => {
    const until = now() + forMs
    let done = 0
    const one = async () => {
      while (now() < until) {
        await bench.sql.begin(async tx => {
          await tx`insert into bench_rows default values`
          await body(tx as unknown as Sql)
        })
        done++
      }
    }
    await Promise.all(Array.from({ length: 8 }, one))
    return done / (forMs / 1_000)
  }
  const bare = await rate(tx => tx`insert into bench_rows default values`)
  const withJob = await rate(tx => bench.contender.enqueue(tx, { id: bench.nextId++, askedAt: now(), firstMs: 0 }))
  return { bare: Math.round(bare), withJob: Math.round(withJob), ratio: round((withJob / bare) * 100) / 100 }
}

async function connectionsOf(bench: Bench): Promise<number> {
  const [row] = await bench.sql`select count(*)::int as n from pg_stat_activity where datname = current_database()`
  return row!.n
}

async function drain(bench: Bench) {
  const last = bench.nextId - 1
  const waiting = last - new Set(bench.starts.map(start => start.id)).size
  const connectionsBefore = await connectionsOf(bench)
  await startWorker(bench)
  const startedAt = now()
  while (new Set(bench.starts.map(start => start.id)).size < last && now() < startedAt + 60_000) await sleep(20)
  const drainPerSecond = Math.round(waiting / ((now() - startedAt) / 1_000))
  return { drainPerSecond, workerConnections: (await connectionsOf(bench)) - connectionsBefore }
}

/**
 * Milliseconds from `kill -9` of a worker to the start of its job in another. NaN: it did not start within the limit.
 */
async function recovery(bench: Bench, rounds: number, waitMs: number): Promise<number[]> {
  const result: number[] = []
  for (let i = 0; i < rounds; i++) {
    const id = -1 - i
    const first = await startWorker(bench)
    await enqueue(bench, 60_000, id)
    await startsOf(bench, id, 1, 5_000)
    await sleep(Math.random() * 1_000) // at any point between two renewals
    await startWorker(bench)
    const killedAt = now()
    first.kill('SIGKILL')
    const [, again] = await startsOf(bench, id, 2, waitMs)
    result.push(again === undefined ? Number.NaN : Math.round(again.at - killedAt))
    await stopWorkers(bench)
    if (again === undefined) break
  }
  return result
}

/**
 * Stops a worker for `stallMs` in the middle of a job, so that another takes it over. Checks that the job still exists
 * once the first run finishes.
 */
async function zombie(bench: Bench, stallMs: number): Promise<string> {
  const id = -100
  const stalled = await startWorker(bench)
  await enqueue(bench, 2_000, id)
  await startsOf(bench, id, 1, 5_000)
  const other = await startWorker(bench)
  await bench.sql`delete from bench_seen where id = ${id}` // the second run must take its time as well
  stalled.kill('SIGSTOP')
  const [, again] = await startsOf(bench, id, 2, stallMs)
  stalled.kill('SIGCONT')
  if (again === undefined) return 'no takeover'
  await sleep(1_000) // the first run ends now; the second has another second to go
  other.kill('SIGKILL')
  const [, , third] = await startsOf(bench, id, 3, 60_000)
  return third === undefined ? 'LOST: the stalled worker finished a job of the other worker' : 'kept'
}

async function stopWorkers(bench: Bench): Promise<void> {
  for (const worker of bench.workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  }
}

async function idleCost(bench: Bench, forMs: number) {
  const worker = await startWorker(bench)
  const cpu = async (): Promise<number> => {
    worker.send('cpu')
    for (;;) {
      const [message] = await once(worker, 'message')
      if (message.cpuMs !== undefined) return message.cpuMs
    }
  }
  await sleep(1_000)
  const [before] = await bench.sql`select xact_commit as n from pg_stat_database where datname = current_database()`
  const cpuBefore = await cpu()
  await sleep(forMs)
  const cpuMs = (await cpu()) - cpuBefore
  await bench.sql`select pg_stat_force_next_flush()`
  await sleep(1_200)
  const [after] = await bench.sql`select xact_commit as n from pg_stat_database where datname = current_database()`
  const transactionsPerSecond = round((after!.n - before!.n) / ((forMs + 1_200) / 1_000))
  await stopWorkers(bench)
  return { cpuShare: round((cpuMs / forMs) * 1000) / 10, transactionsPerSecond }
}

async function measure(name: string, adminUrl: string, parts: Set<string>): Promise<object> {
  const database = `bench_${name.replaceAll(/[^a-z]/g, '_')}`
  const admin = openPool(adminUrl, { connectionsMax: 1 })
  await admin`drop database if exists ${admin(database)} with (force)`
  await admin`create database ${admin(database)}`
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  const sql = openPool(url.href, { connectionsMax: 8 })
  await sql`create table bench_rows (id bigint generated always as identity)`
  await sql`create table bench_seen (id int primary key)`
  const contender = contenders[name]!()
  await contender.install(url.href)
  const bench: Bench = { name, url: url.href, sql, contender, starts: [], workers: [], nextId: 1 }
  const result: Record<string, unknown> = { name }
  const want = (part: string) => parts.size === 0 || parts.has(part)
  try {
    if (want('idle')) result.idle = await idleCost(bench, 3_000)
    if (want('latency')) {
      await startWorker(bench)
      await enqueue(bench)
      await sleep(500)
      result.startIdleMs = await latency(bench, 60, () => 100 + Math.random() * 100)
      result.start100PerSecondMs = await latency(bench, 800, () => 9)
      await stopWorkers(bench)
    }
    if (want('rate')) {
      result.enqueuePerSecond = await enqueueRate(bench, 2_000)
      Object.assign(result, await drain(bench))
      await stopWorkers(bench)
    }
    if (want('recovery')) result.recoveryMs = await recovery(bench, 4, 60_000)
    if (want('zombie')) result.zombie = await zombie(bench, 60_000)
  } finally {
    await stopWorkers(bench)
    await sql.end({ timeout: 1 })
    await admin.end()
  }
  return result
}

if (process.argv[2] === '--worker') {
  await workerMain(process.argv[3]!, process.argv[4]!)
} else {
  const parts = new Set(process.argv.slice(3))
  const result = await measure(process.argv[2] ?? 'octet', process.env.OCTET_TEST_DATABASE_URL!, parts)
  console.log(JSON.stringify(result))
  process.exit()
}
