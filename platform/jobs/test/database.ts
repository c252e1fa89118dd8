/**
 * A migrated database per test file on a real PostgreSQL: the one of the run (OCTET_TEST_DATABASE_URL), or one that
 * this file starts. Each test begins with empty tables.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { type MigrationSet, migrateUp, newId, openPool, startEmbeddedPostgres } from '@octet/db'
import {
  createJobs,
  type EnqueueOptions,
  type Job,
  type Jobs,
  type JobsOptions,
  jobsMigrations,
  type Outcome,
} from '../src/index.ts'

type Pool = ReturnType<typeof openPool>
const silent = { info() {}, warn() {}, error() {} }
const undo: (() => Promise<unknown>)[] = []
let database: Promise<{ url: string; admin: Pool }> | undefined

after(async () => {
  for (const step of undo.reverse()) await step()
})

async function serverUrl(): Promise<string> {
  const given = process.env.OCTET_TEST_DATABASE_URL
  if (given !== undefined) return given
  const dir = await mkdtemp(join(tmpdir(), 'octet-jobs-'))
  undo.push(() => rm(dir, { recursive: true, force: true }))
  const server = await startEmbeddedPostgres({ dir, log: silent, durable: false })
  undo.push(() => server.stop())
  return server.url
}

async function fileDatabase(): Promise<{ url: string; admin: Pool }> {
  const url = new URL(await serverUrl())
  const admin = openPool(url.href, { connectionsMax: 1 })
  undo.push(() => admin.end({ timeout: 1 }))
  const name = `octet_jobs_${newId().replaceAll('-', '')}`
  await admin`create database ${admin(name)}`
  undo.push(() => admin`drop database ${admin(name)} with (force)`)
  url.pathname = `/${name}`
  await migrateUp(url.href, [jobsMigrations])
  return { url: url.href, admin }
}

export interface Fixture {
  readonly url: string
  /** Connects as superuser, outside every module. */
  readonly sql: Pool
  /** Connects as superuser to another database of the same server. */
  readonly admin: Pool
  /** The outcome of every attempt, over all {@link jobs} of this fixture. */
  readonly outcomes: Outcome[]
  /** The jobs of one simulated process; the fixture stops them unless the test did. */
  jobs(options?: Partial<JobsOptions>): Jobs
}

/** Creates or empties the tables of jobs, and the schemas of `sets` beside them. */
export async function fixture(t: TestContext, sets: readonly MigrationSet[] = []): Promise<Fixture> {
  database ??= fileDatabase()
  const { url, admin } = await database
  if (sets.length > 0) await migrateUp(url, sets)
  const sql = openPool(url, { connectionsMax: 4 })
  await sql`truncate platform_jobs.jobs, platform_jobs.dead_letters, platform_jobs.schedules`
  const opened = new Set<Jobs>()
  const outcomes: Outcome[] = []
  t.after(async () => {
    await Promise.all([...opened].map(jobs => jobs.stop(0)))
    await sql.end({ timeout: 1 })
  })
  function open(options: Partial<JobsOptions> = {}): Jobs {
    const jobs = createJobs({ url, log: silent, onOutcome: end => outcomes.push(end), ...options })
    const { stop } = jobs
    opened.add(jobs)
    return Object.assign(jobs, {
      stop(deadlineMs: number) {
        opened.delete(jobs)
        return stop(deadlineMs)
      },
    })
  }
  return { url, sql, admin, outcomes, jobs: open }
}

/** Polls until `check` returns a value other than undefined or false; fails after `deadlineMs`. */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  deadlineMs = 60_000,
): Promise<Exclude<T, undefined | false>> {
  const until = performance.now() + deadlineMs
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>
    if (performance.now() > until) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Enqueues a job in its own transaction. */
export async function enqueue(
  { sql }: Fixture,
  jobs: Jobs,
  ...[job, payload, options]: [Job, unknown, EnqueueOptions?]
): Promise<string> {
  return (await sql.begin(tx => jobs.enqueue({ kind: 'tx', sql: tx as never }, job, payload, options))) as string
}
