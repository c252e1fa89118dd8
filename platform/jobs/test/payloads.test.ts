import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { type Jobs, job, type PayloadOf } from '../src/index.ts'
import { enqueue, eventually, fixture } from './database.ts'

const indexJob = job(
  'test.index',
  Type.Object({ postId: Type.String(), words: Type.Optional(Type.Array(Type.String())) }),
)
const sweepJob = job('test.sweep')

/** Never called: the compiler checks it, and a missing expected error fails the type check. */
async function wrongPayloads(jobs: Jobs, tx: Parameters<Jobs['enqueue']>[0]): Promise<void> {
  await jobs.enqueue(tx, indexJob, { postId: 'a' })
  await jobs.enqueue(tx, sweepJob, {})
  // @ts-expect-error a required property is missing
  await jobs.enqueue(tx, indexJob, {})
  // @ts-expect-error a property has another type
  await jobs.enqueue(tx, indexJob, { postId: 1 })
  // @ts-expect-error the schema has no such property
  await jobs.enqueue(tx, indexJob, { postId: 'a', slug: 'b' })
  // @ts-expect-error a job is a value, not a name
  await jobs.enqueue(tx, 'test.index', { postId: 'a' })
  // @ts-expect-error the handler expects a payload that the job does not declare
  jobs.define(indexJob, { run: async ({ slug }: { slug: string }) => void slug })
  // @ts-expect-error a schedule needs the payload as well
  jobs.schedule(indexJob, { everyMs: 1_000 }, {})
  const payload: PayloadOf<typeof indexJob> = { postId: 'a', words: ['b'] }
  jobs.define(indexJob, { run: async ({ postId, words = [] }) => void [postId, ...words, payload] })
}

test('the payload types of enqueue, schedule and define are those of the declared job', () => {
  assert.equal(typeof wrongPayloads, 'function')
})

test('a stored payload that does not fit its job becomes a dead letter at once, with the reason', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  let runs = 0
  jobs.define(indexJob, { attemptsMax: 5, run: async () => void runs++ })
  await jobs.start()
  // As an older release wrote it.
  await f.sql`select platform_jobs.enqueue('test.index', '{"post":7,"words":"secret"}', null, null)`
  await eventually('the job is a dead letter', () => f.outcomes.some(({ outcome }) => outcome === 'dead'))
  const [letter] = await jobs.deadLetters()
  assert.equal(runs, 0)
  assert.equal(letter!.failures, 1)
  assert.match(letter!.error, /^PayloadMismatch: the payload of test\.index does not fit this release: .*postId/)
  assert.match(letter!.error, /\/words must be array/)
  assert.doesNotMatch(letter!.error, /secret/)
})

test('a replayed dead letter runs once a release accepts its payload', async t => {
  const f = await fixture(t)
  const before = f.jobs()
  before.define(indexJob, { run: async () => {} })
  await before.start()
  const id = await enqueue(f, before, job('test.index', Type.Object({ slug: Type.String() })), { slug: 'a' })
  await eventually('the job is a dead letter', () => f.outcomes.some(({ outcome }) => outcome === 'dead'))
  await before.stop(1_000)
  const after = f.jobs()
  const slugs: string[] = []
  after.define(job('test.index', Type.Object({ slug: Type.String() })), {
    run: async ({ slug }) => void slugs.push(slug),
  })
  await after.start()
  assert.equal(await after.replay(id), true)
  await eventually('it ran', () => slugs.length === 1)
  assert.deepEqual(slugs, ['a'])
})

test('properties that a newer release added do not stop a job', async t => {
  const f = await fixture(t)
  const jobs = f.jobs()
  const ids: string[] = []
  jobs.define(indexJob, { run: async ({ postId }) => void ids.push(postId) })
  await jobs.start()
  await f.sql`select platform_jobs.enqueue('test.index', '{"postId":"a","language":"de"}', null, null)`
  await eventually('it ran', () => ids.length === 1)
  assert.deepEqual(ids, ['a'])
})
