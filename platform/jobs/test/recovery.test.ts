import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Type } from 'typebox'
import { type Jobs, type JobsOptions, job } from '../src/index.ts'
import { enqueue, eventually, type Fixture, fixture } from './database.ts'

const tickJob = job('test.tick', Type.Unknown())
const holdJob = job('test.hold', Type.Unknown())
const poisonJob = job('test.poison', Type.Unknown())
const longJob = job('test.long', Type.Unknown())
const onceJob = job('test.once')

async function childFixture(t: TestContext): Promise<Fixture> {
  const f = await fixture(t)
  await f.sql`
    create table if not exists public.starts (
      name text not null, attempt int not null, pid int not null, at timestamptz not null default clock_timestamp()
    )`
  await f.sql`truncate public.starts`
  return f
}

async function child(t: TestContext, f: Fixture, schedules = 0): Promise<ChildProcess> {
  const started = fork(new URL('./worker-child.ts', import.meta.url), [f.url, String(schedules)])
  t.after(async () => {
    if (started.exitCode !== null || started.signalCode !== null) return
    started.disconnect()
    const timer = setTimeout(() => started.kill('SIGKILL'), 5_000)
    await once(started, 'exit')
    clearTimeout(timer)
  })
  await once(started, 'message')
  return started
}

test('a job whose worker is killed with SIGKILL runs again within 5 s', async t => {
  const f = await childFixture(t)
  const workers = await Promise.all([child(t, f), child(t, f)])
  await enqueue(f, f.jobs(), onceJob, {})
  const started = await eventually('it started', async () => (await f.sql`select pid from public.starts`)[0])
  const victim = workers.find(({ pid }) => pid === started.pid)!
  const [{ now: killedAt } = { now: '' }] = await f.sql<{ now: string }[]>`select clock_timestamp() as now`
  victim.kill('SIGKILL')
  const again = await eventually(
    'the job started again',
    async () => (await f.sql`select attempt, pid, at from public.starts where pid <> ${started.pid}`)[0],
    8_000,
  )
  const tookMs = Date.parse(again.at) - Date.parse(killedAt)
  t.diagnostic(`ran again ${tookMs} ms after kill -9`)
  assert.equal(again.attempt, 2)
  assert.ok(tookMs <= 5_000, `${tookMs} ms`)
  await eventually('the job is done', async () => (await f.sql`select 1 from platform_jobs.jobs`).length === 0)
})

test('twenty schedules that come due at once in two processes run once each', async t => {
  const f = await childFixture(t)
  await Promise.all([child(t, f, 20), child(t, f, 20)])
  for (let round = 1; round <= 2; round++) {
    await f.sql`update platform_jobs.schedules set next_at = now()`
    await eventually('all ran', async () => (await f.sql`select 1 from public.starts`).length >= 20 * round)
    await eventually('nothing waits', async () => (await f.sql`select 1 from platform_jobs.jobs`).length === 0)
  }
  // Both processes check the schedules twice a second.
  await f.sql`select pg_sleep(0.6)`
  const runs = await f.sql`select count(*)::int as n from public.starts group by name`
  assert.deepEqual(
    runs.map(({ n }) => n),
    Array(20).fill(2),
  )
})

test('a worker skips a schedule that another process is firing', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  let ran = 0
  jobs.define(tickJob, { run: async () => void ran++ })
  jobs.schedule(tickJob, { everyMs: 3_600_000 }, {})
  await jobs.start()
  await f.sql`update platform_jobs.schedules set next_at = now() + interval '500 milliseconds'`
  await f.sql.begin(async tx => {
    await tx`update platform_jobs.schedules set next_at = now() + interval '1 hour'`
    await tx`select pg_sleep(1.3)`
  })
  await jobs.stop(5_000)
  assert.equal(ran, 0)
  assert.equal((await f.sql`select 1 from platform_jobs.jobs`).length, 0)
})

test('a schedule keeps its next time over restarts and gets a new one when its interval changes', async t => {
  const f = await fixture(t)
  async function restart(everyMs: number): Promise<string> {
    const jobs = f.jobs()
    jobs.define(tickJob, { run: async () => {} })
    jobs.schedule(tickJob, { everyMs }, {})
    await jobs.start()
    await jobs.stop(1_000)
    const [row] = await f.sql<{ next_at: string }[]>`select next_at from platform_jobs.schedules`
    return row!.next_at
  }
  const first = await restart(3_600_000)
  assert.equal(await restart(3_600_000), first)
  assert.ok((await restart(60_000)) < first)
})

test('a failed run of a schedule leaves no dead letter, because the schedule runs the job again', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  let ran = 0
  jobs.define(tickJob, {
    attemptsMax: 1,
    run() {
      ran++
      return Promise.reject(new Error('the disk is full'))
    },
  })
  jobs.schedule(tickJob, { everyMs: 1_000 }, {})
  await jobs.start()
  await eventually('the run after two failed ones', () => ran >= 3)
  await eventually('the failures are reported', () => f.outcomes.filter(one => one.outcome === 'failed').length >= 2)
  assert.deepEqual(await jobs.deadLetters(), [])
  await assert.rejects(enqueue(f, jobs, tickJob, {}, { key: 'schedule' }), RangeError, 'no other job may pass for one')
})

/** Starts a worker whose n-th run waits for the n-th gate, counted over all workers that share `gates`. */
async function gatedWorker(f: Fixture, gates: Gate[], options: Partial<JobsOptions>, attemptsMax = 5): Promise<Jobs> {
  const jobs = f.jobs({ leaseMs: 60_000, ...options })
  jobs.define(holdJob, {
    attemptsMax,
    run(_, { signal }) {
      const gate = { ...Promise.withResolvers<void>(), signal }
      gates.push(gate)
      return gate.promise
    },
  })
  await jobs.start()
  return jobs
}
type Gate = PromiseWithResolvers<void> & { signal: AbortSignal }

/** Leaves a job running in a worker without free slots, and makes it due again, as if the lease had expired. */
async function stalled(f: Fixture, gates: Gate[], options: Partial<JobsOptions> = {}): Promise<string> {
  const late = await gatedWorker(f, gates, { ...options, concurrencyMax: 1 })
  const id = await enqueue(f, late, holdJob, null)
  await eventually('it started', () => gates.length === 1)
  await f.sql`update platform_jobs.jobs set due_at = now() - interval '1 hour'`
  return id
}

async function rowOf(f: Fixture) {
  const [row] = await f.sql`select fence, failures, due_at > now() as leased from platform_jobs.jobs`
  return { ...row }
}

test('a worker that lost its lease is aborted and leaves the job to its new holder', async t => {
  const f = await fixture(t)
  const gates: Gate[] = []
  await stalled(f, gates, { leaseMs: 3_000 })
  await gatedWorker(f, gates, { leaseMs: 3_000 })
  await eventually('the second took it', async () => {
    // The first worker renews its lease until the second holds the job; on a busy machine it may renew it first.
    await f.sql`update platform_jobs.jobs set due_at = now() - interval '1 hour' where fence = 1`
    return gates.length === 2
  })
  await eventually('the first was aborted', () => gates[0]!.signal.aborted)
  assert.equal(gates[0]!.signal.reason.message, 'the lease on this job was lost')
  gates[0]!.resolve()
  await eventually('the first has ended', () => f.outcomes[0]?.outcome === 'lost')
  gates[1]!.resolve()
  await eventually('the second has finished it', () => f.outcomes[1]?.outcome === 'done')
})

for (const [what, end] of Object.entries({
  finish: (gate: Gate) => gate.resolve(),
  fail: (gate: Gate) => gate.reject(new Error('no')),
})) {
  test(`a worker that lost its lease and was not aborted cannot ${what} the run of the new holder`, async t => {
    const f = await fixture(t)
    const gates: Gate[] = []
    await stalled(f, gates)
    await gatedWorker(f, gates, {})
    await eventually('another took it', () => gates.length === 2)
    end(gates[0]!)
    await eventually('the first has ended', () => f.outcomes[0]?.outcome === 'lost')
    assert.deepEqual(await rowOf(f), { fence: 2, failures: 1, leased: true })
    gates[1]!.resolve()
    await eventually('the second has finished it', () => f.outcomes[1]?.outcome === 'done')
  })
}

test('a run from before the dead letter cannot finish its replay', async t => {
  const f = await fixture(t)
  const gates: Gate[] = []
  const id = await stalled(f, gates)
  const other = await gatedWorker(f, gates, {}, 1)
  await eventually('the job is a dead letter', () => f.outcomes[0]?.outcome === 'dead')
  await other.replay(id)
  await eventually('the replay runs', () => gates.length === 2)
  gates[0]!.resolve()
  await eventually('the old run has ended', () => f.outcomes[1]?.outcome === 'lost')
  assert.equal((await rowOf(f)).leased, true)
  gates[1]!.resolve()
  await eventually('the replay is done', () => f.outcomes[2]?.outcome === 'done')
})

test('a job that keeps killing its worker becomes a dead letter without another attempt', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  let ran = 0
  jobs.define(poisonJob, { attemptsMax: 3, run: async () => void ran++ })
  await enqueue(f, jobs, poisonJob, null)
  await f.sql`update platform_jobs.jobs set fence = 3, failures = 2, worker = 'host/1/x', due_at = now()`
  await jobs.start()
  await eventually('the job is a dead letter', () => f.outcomes[0]?.outcome === 'dead')
  const [letter] = await jobs.deadLetters()
  assert.equal(ran, 0)
  assert.equal(letter!.failures, 3)
  assert.match(letter!.error, /worker host\/1\/x stopped answering/)
})

test('a running job keeps its lease by renewing it', async t => {
  const f = await fixture(t)
  const jobs = f.jobs({ leaseMs: 2_000 })
  const attempts: number[] = []
  jobs.define(longJob, {
    async run(_, { attempt, signal }) {
      attempts.push(attempt)
      await f.sql`select pg_sleep(4.5)`
      signal.throwIfAborted()
    },
  })
  await jobs.start()
  await enqueue(f, jobs, longJob, null)
  await eventually('the job is done', () => f.outcomes[0]?.outcome === 'done')
  assert.deepEqual(attempts, [1])
})

test('a short database outage delays jobs but loses none', async t => {
  const f = await fixture(t)
  const gates: Gate[] = []
  const jobs = await gatedWorker(f, gates, {})
  await enqueue(f, jobs, holdJob, 1)
  await eventually('it started', () => gates.length === 1)
  const name = new URL(f.url).pathname.slice(1)
  const { admin } = f
  try {
    await admin`alter database ${admin(name)} allow_connections false`
    const cut = await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
    assert.ok(cut.length > 0)
    gates[0]!.resolve()
    await admin`select pg_sleep(0.7)`
    assert.equal(f.outcomes.length, 0)
  } finally {
    await admin`alter database ${admin(name)} allow_connections true`
  }
  await enqueue(f, jobs, holdJob, 2)
  await eventually('the first is settled', () => f.outcomes[0]?.outcome === 'done')
  await eventually('the second runs', () => gates.length === 2)
  gates[1]!.resolve()
  await eventually('the second is done', () => f.outcomes[1]?.outcome === 'done')
})
