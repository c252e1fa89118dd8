import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { openPool } from '@octet/db'
import { Type } from 'typebox'
import { type JobSpec, type Jobs, job, payloadSizeBytesMax } from '../src/index.ts'
import { enqueue, eventually, fixture } from './database.ts'

const noteJob = job('test.note', Type.Unknown())
const flakyJob = job('test.flaky', Type.Unknown())
const badJob = job('test.bad', Type.Unknown())
const slowJob = job('test.slow', Type.Unknown())
const deafJob = job('test.deaf', Type.Unknown())
const wideJob = job('test.wide', Type.Unknown())
const narrowJob = job('test.narrow', Type.Unknown())
const laterJob = job('test.later', Type.Unknown())
const indexJob = job('test.index', Type.Unknown())
const serialJob = job('test.serial', Type.Unknown())
const markerJob = job('test.marker', Type.Unknown())
const contextJob = job('test.context', Type.Unknown())
const holdJob = job('test.hold', Type.Unknown())
const bigJob = job('test.big', Type.Unknown())

const backoff = { firstMs: 20, maxMs: 40 }
const nothing = async () => {}

test('a job runs once its transaction commits, and never if the transaction rolls back', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const ran: unknown[] = []
  jobs.define(noteJob, { run: async payload => void ran.push(payload) })
  await jobs.start()
  await assert.rejects(
    f.sql.begin(async tx => {
      await jobs.enqueue({ kind: 'tx', sql: tx as never }, noteJob, 'rolled back')
      throw new Error('no')
    }),
    /no/,
  )
  let commit = () => {}
  const held = new Promise<void>(resolve => (commit = resolve))
  const open = f.sql.begin(async tx => {
    await jobs.enqueue({ kind: 'tx', sql: tx as never }, noteJob, { committed: [1, 'zwei', null] })
    await held
  })
  await enqueue(f, jobs, noteJob, 'first')
  await eventually('the other job ran', () => ran.length === 1)
  commit()
  await open
  await eventually('the committed job ran', () => ran.length === 2)
  assert.deepEqual(ran, ['first', { committed: [1, 'zwei', null] }])
  await eventually('the queue is empty', async () => (await jobs.stats()).names.length === 0)
  assert.equal(ran.length, 2)
})

test('two processes share 200 jobs, and each job runs exactly once', async t => {
  const f = await fixture(t)
  const ran: number[] = []
  for (const jobs of [f.jobs(), f.jobs()]) {
    jobs.define(noteJob, { run: async payload => void ran.push(payload as number) })
    await jobs.start()
  }
  await f.sql`select platform_jobs.enqueue('test.note', n::text, null, null) from generate_series(1, 200) n`
  await eventually('all ran', () => ran.length >= 200)
  await eventually('all are settled', () => f.outcomes.length >= 200)
  assert.deepEqual(
    ran.toSorted((a, b) => a - b),
    Array.from({ length: 200 }, (_, i) => i + 1),
  )
})

test('a failing job is retried after a pause, then becomes a dead letter that can be replayed', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const startsMs: number[] = []
  let broken = true
  jobs.define(flakyJob, {
    attemptsMax: 3,
    backoff: { firstMs: 200, maxMs: 1_000 },
    async run(_, { attempt }) {
      startsMs.push(performance.now())
      if (broken) throw new Error(`attempt ${attempt} failed${'!'.repeat(5_000)}`)
    },
  })
  await jobs.start()
  const id = await enqueue(f, jobs, flakyJob, { for: 'ada' })
  await eventually('the job is a dead letter', () => f.outcomes.some(({ outcome }) => outcome === 'dead'))
  const [first, second, third] = startsMs
  assert.ok(second! - first! >= 100 && third! - second! >= 200, `pauses: ${second! - first!}, ${third! - second!} ms`)
  const [letter] = await jobs.deadLetters()
  assert.equal(letter!.error.length, 2_000)
  assert.match(letter!.error, /^Error: attempt 3 failed!/)
  assert.deepEqual(
    { ...letter, error: '' },
    {
      id,
      name: 'test.flaky',
      key: null,
      payload: { for: 'ada' },
      failures: 3,
      error: '',
      createdAt: letter!.createdAt,
      diedAt: letter!.diedAt,
    },
  )
  broken = false
  assert.equal(await jobs.replay(id), true)
  await eventually('it ran again', () => f.outcomes.at(-1)!.outcome === 'done')
  assert.equal(startsMs.length, 4)
  assert.deepEqual(await jobs.deadLetters(), [])
  assert.equal(await jobs.replay(id), false)
})

test('a replayed job has all its attempts again, and a discarded one is gone', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const attempts: number[] = []
  jobs.define(badJob, {
    attemptsMax: 2,
    backoff,
    async run(_, { attempt }) {
      attempts.push(attempt)
      throw new Error('still bad')
    },
  })
  await jobs.start()
  const id = await enqueue(f, jobs, badJob, null)
  const dead = () => f.outcomes.filter(({ outcome }) => outcome === 'dead').length
  await eventually('the job is a dead letter', () => dead() === 1)
  await jobs.replay(id)
  await eventually('the job is a dead letter again', () => dead() === 2)
  assert.deepEqual(attempts, [1, 2, 1, 2])
  assert.deepEqual((await jobs.stats()).names, [{ name: 'test.bad', waiting: 0, running: 0, dead: 1, oldestDueMs: 0 }])
  assert.equal(await jobs.discard(id), true)
  assert.deepEqual((await jobs.stats()).names, [])
})

test('a job that exceeds its time limit is aborted and retried', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const reasons: string[] = []
  jobs.define(slowJob, {
    timeoutMs: 50,
    backoff,
    async run(_, { attempt, signal }) {
      if (attempt > 1) return
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      reasons.push(signal.reason.message)
      // A normal return after the abort does not count as done.
    },
  })
  await jobs.start()
  await enqueue(f, jobs, slowJob, null)
  await eventually('the job was retried', () => f.outcomes.length === 2)
  assert.deepEqual(reasons, ['timed out after 50 ms'])
  assert.deepEqual(
    f.outcomes.map(({ outcome }) => outcome),
    ['failed', 'done'],
  )
})

test('a job that ignores its abort is retried, and its hanging code keeps its slot', async t => {
  const f = await fixture(t)
  const jobs = f.jobs({ concurrencyMax: 2 })
  let release = () => {}
  const hanging = new Promise<void>(resolve => (release = resolve))
  jobs.define(deafJob, { timeoutMs: 20, backoff, run: (_, { attempt }) => (attempt === 1 ? hanging : nothing()) })
  await jobs.start()
  await enqueue(f, jobs, deafJob, null)
  await eventually('the job was retried', () => f.outcomes.length === 2)
  const { running, stuck } = await jobs.stats()
  assert.deepEqual({ running, stuck }, { running: 0, stuck: 1 })
  release()
  await eventually('the slot is free', async () => (await jobs.stats()).stuck === 0)
})

test('the concurrency limits of each name and of the process hold', async t => {
  const f = await fixture(t)
  const jobs = f.jobs({ concurrencyMax: 4 })
  const now = { wide: 0, narrow: 0 }
  const most = { wide: 0, narrow: 0, both: 0 }
  const count = (kind: 'wide' | 'narrow') => async () => {
    now[kind]++
    most[kind] = Math.max(most[kind], now[kind])
    most.both = Math.max(most.both, now.wide + now.narrow)
    await new Promise(resolve => setTimeout(resolve, 10))
    now[kind]--
  }
  jobs.define(wideJob, { run: count('wide') })
  jobs.define(narrowJob, { run: count('narrow'), concurrencyMax: 1 })
  await f.sql`
    select platform_jobs.enqueue(name, 'null', null, null)
    from generate_series(1, 20), (values ('test.wide'), ('test.narrow')) as names (name)`
  await jobs.start()
  await eventually('all ran', () => f.outcomes.length === 40)
  assert.equal(most.narrow, 1)
  assert.equal(most.both, 4)
})

test('a job does not start before its time', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  let startedAt = 0
  jobs.define(laterJob, {
    async run() {
      startedAt = Date.now()
    },
  })
  await jobs.start()
  const runAt = new Date(Date.now() + 300)
  await enqueue(f, jobs, laterJob, null, { runAt })
  await eventually('it ran', () => startedAt > 0)
  assert.ok(startedAt >= runAt.getTime() - 20, `${startedAt - runAt.getTime()} ms after its time`)
})

test('enqueueing a waiting key twice keeps one job with the newest payload and the earliest time', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const ran: unknown[] = []
  jobs.define(indexJob, { run: async payload => void ran.push(payload) })
  const soon = new Date(Date.now() + 100)
  const first = await enqueue(f, jobs, indexJob, 'old', { key: 'post 1', runAt: soon })
  const second = await enqueue(f, jobs, indexJob, 'new', { key: 'post 1', runAt: new Date(Date.now() + 60_000) })
  await enqueue(f, jobs, indexJob, 'other', { key: 'post 2', runAt: soon })
  assert.equal(second, first)
  await jobs.start()
  await eventually('both keys ran', () => f.outcomes.length === 2)
  assert.deepEqual(ran.toSorted(), ['new', 'other'])
})

test('a job that has started is not a duplicate, because it may have read old data', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const attempts: number[] = []
  const held = defineHolding(jobs, attempts)
  await jobs.start()
  const first = await enqueue(f, jobs, holdJob, null, { key: 'post 1' })
  await held.entered
  assert.notEqual(await enqueue(f, jobs, holdJob, null, { key: 'post 1' }), first)
  held.release()
  await eventually('both ran', () => f.outcomes.length === 2)
})

test('jobs of one key that run one at a time keep their order in all processes; other keys pass them', async t => {
  const f = await fixture(t)
  const gate = Promise.withResolvers<void>()
  const events: string[] = []
  const spec: JobSpec = {
    oneAtATime: true,
    backoff: { firstMs: 200, maxMs: 200 },
    run: async (payload, { attempt }) => {
      events.push(`${payload} starts`)
      if (payload === 'a1') await gate.promise
      if (payload === 'a1' && attempt === 1) throw new Error('the first one fails once')
      events.push(`${payload} is done`)
    },
  }
  const processes = [f.jobs(), f.jobs()]
  for (const jobs of processes) {
    jobs.define(serialJob, spec)
    await jobs.start()
  }
  const [jobs] = processes as [Jobs]
  await enqueue(f, jobs, serialJob, 'a1', { key: 'a' })
  await eventually('the first one runs', () => events.includes('a1 starts'))
  await enqueue(f, jobs, serialJob, 'a2', { key: 'a' })
  await enqueue(f, jobs, serialJob, 'b1', { key: 'b' })
  await eventually('another key passes', () => events.includes('b1 is done'))
  assert.ok(!events.includes('a2 starts'))
  gate.resolve()
  await eventually('all are done', () => events.includes('a2 is done'))
  assert.deepEqual(
    events.filter(text => text.startsWith('a')),
    ['a1 starts', 'a1 starts', 'a1 is done', 'a2 starts', 'a2 is done'],
    'the later one also waits while the earlier one is in its back-off',
  )
})

test('a waiting job does not start while a transaction that enqueues its duplicate is open', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const ran: unknown[] = []
  jobs.define(indexJob, { run: async payload => void ran.push(payload) })
  jobs.define(markerJob, { run: async () => void ran.push('marker') })
  await enqueue(f, jobs, indexJob, 'before', { key: 'k' })
  await f.sql.begin(async tx => {
    await jobs.enqueue({ kind: 'tx', sql: tx as never }, indexJob, 'after', { key: 'k' })
    await jobs.start()
    await enqueue(f, jobs, markerJob, null)
    await eventually('the worker runs a job', () => ran.length > 0)
    assert.deepEqual(ran, ['marker'])
  })
  await eventually('it ran', () => ran.length === 2)
  assert.deepEqual(ran, ['marker', 'after'])
})

test('a payload over 64 KiB is refused, also by the database', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const text = 'x'.repeat(payloadSizeBytesMax - 2)
  await enqueue(f, jobs, bigJob, text)
  await assert.rejects(enqueue(f, jobs, bigJob, `${text}x`), RangeError)
  await assert.rejects(
    f.sql`select platform_jobs.enqueue('test.big', ${JSON.stringify(`${text}x`)}::text, null, null)`,
    { constraint_name: 'jobs_payload_check' },
  )
})

test('a module may enqueue its own jobs only, and cannot read any job', async t => {
  const f = await fixture(t, [{ module: 'alpha', folder: new URL('./no-migrations/', import.meta.url) }])
  const jobs = f.jobs()
  const alpha = openPool(f.url, { role: 'octet_alpha', schema: 'alpha', connectionsMax: 1 })
  t.after(() => alpha.end())
  const as = (name: string) => alpha.begin(tx => jobs.enqueue({ kind: 'tx', sql: tx as never }, job(name), {}))
  await as('alpha.mine')
  await assert.rejects(as('beta.yours'), /octet_alpha may not enqueue beta.yours/)
  await assert.rejects(alpha`select * from platform_jobs.jobs`, /permission denied/)
  await assert.rejects(alpha`delete from platform_jobs.dead_letters`, /permission denied/)
})

test('the async context of the enqueueing code does not reach the job', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const context = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  jobs.define(contextJob, { run: async () => void seen.push(context.getStore()) })
  await jobs.start()
  await context.run('of a request', () => enqueue(f, jobs, contextJob, null))
  await eventually('it ran', () => seen.length === 1)
  assert.deepEqual(seen, [undefined])
})

function defineHolding(jobs: Jobs, attempts: number[]) {
  const entered = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  jobs.define(holdJob, {
    async run(_, { attempt, signal }) {
      attempts.push(attempt)
      entered.resolve()
      const aborted = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      )
      await Promise.race([gate.promise, aborted])
    },
  })
  return { entered: entered.promise, release: gate.resolve }
}

test('stop waits for running jobs and takes no new ones', async t => {
  const f = await fixture(t)
  const jobs = f.jobs({ concurrencyMax: 1 })
  const attempts: number[] = []
  const held = defineHolding(jobs, attempts)
  await jobs.start()
  await enqueue(f, jobs, holdJob, 1)
  await held.entered
  await enqueue(f, jobs, holdJob, 2)
  let stopped = false
  const stopping = jobs.stop(5_000).then(result => {
    stopped = true
    return result
  })
  await f.sql`select pg_sleep(0.1)`
  assert.equal(stopped, false)
  held.release()
  assert.deepEqual(await stopping, { givenBack: 0 })
  assert.deepEqual(
    f.outcomes.map(({ outcome }) => outcome),
    ['done'],
  )
  const [left] = await f.sql`select count(*)::int as n from platform_jobs.jobs where worker is null`
  assert.equal(left!.n, 1)
})

test('stop releases jobs that are not done in time; they run elsewhere at once and have not failed', async t => {
  const f = await fixture(t)
  const attempts: number[] = []
  const [jobs, other] = [f.jobs({ leaseMs: 60_000 }), f.jobs()]
  const held = defineHolding(jobs, attempts)
  defineHolding(other, attempts).release()
  await jobs.start()
  await enqueue(f, jobs, holdJob, null)
  await held.entered
  const stopAt = performance.now()
  assert.deepEqual(await jobs.stop(1_200), { givenBack: 1 })
  assert.ok(performance.now() - stopAt < 1_500, `stop took ${performance.now() - stopAt} ms`)
  await other.start()
  await eventually('the job is done', () => f.outcomes.some(({ outcome }) => outcome === 'done'))
  assert.deepEqual(attempts, [1, 1])
})
