/** Rate limits over several processes: exact while Redis answers, per process while it does not. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createLimiter, createSharedLimiter, type Limiter } from '@octet/cache'
import { chatModule } from '@octet/chat'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { identityModule } from '@octet/identity'
import { defer, type TestApp, testApp } from '@octet/testkit'
import { type RedisProcess, startRedis } from '../cluster/redis-process.ts'
import { type TcpFault, tcpFault } from '../wire/tcp-fault.ts'

const hourMs = 3_600_000
/** How often a limiter fell back to counting alone; each reports it. */
let fallbacks = 0
const counted = { info: () => undefined, warn: () => void fallbacks++ }

interface Wired {
  readonly redis: RedisProcess
  readonly wire: TcpFault
  readonly url: string
}

async function wired(t: TestContext): Promise<Wired | undefined> {
  const redis = await startRedis()
  if (redis === undefined) {
    t.skip('NOT RUN: there is no redis-server')
    return undefined
  }
  defer(t, () => redis.kill())
  const wire = await tcpFault({ targetPort: () => redis.port })
  defer(t, () => wire.close())
  return { redis, wire, url: `redis://127.0.0.1:${wire.port}` }
}

type SharedLimiter = ReturnType<typeof createSharedLimiter>

async function until(fits: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000
  while (!(await fits())) {
    assert.ok(performance.now() < deadlineMs, `it never came to this: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function openLimiters(t: TestContext, { url }: Wired, count: number, timeoutMs?: number) {
  const limiters = Array.from({ length: count }, () => {
    return createSharedLimiter({ url, log: counted, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  })
  defer(t, async () => limiters.forEach(limiter => void limiter.close()))
  await until(() => limiters.every(limiter => limiter.isShared()), 'connected')
  return limiters
}

/** Whether Redis answers all of them now. Only a request lets a limiter try Redis again. */
async function areShared(limiters: readonly SharedLimiter[]): Promise<boolean> {
  for (const limiter of limiters) await limiter.takeShared({ key: 'w', max: 1e6, windowMs: hourMs })
  return limiters.every(limiter => limiter.isShared())
}

/** How many of `asked` concurrent requests pass, spread over the limiters in turn. */
async function passed(limiters: readonly Limiter[], key: string, { max = 25, asked = 90, windowMs = hourMs } = {}) {
  const verdicts = await Promise.all(
    Array.from({ length: asked }, (_, index) => limiters[index % limiters.length]?.takeShared({ key, max, windowMs })),
  )
  return verdicts.filter(verdict => verdict?.allowed).length
}

test('three processes with Redis allow exactly the limit in total; separate ones would each allow it', async t => {
  const there = await wired(t)
  if (there === undefined) return
  const shared = await openLimiters(t, there, 3, 10_000)
  assert.equal(await passed(shared, 'a'), 25)
  assert.equal(await passed(shared, 'a'), 0)
  assert.equal(await passed(shared, 'seven', { max: 7, windowMs: 60_000 }), 7, 'shares that are not whole numbers')
  const alone = [createLimiter(), createLimiter(), createLimiter()]
  assert.equal(await passed(alone, 'a'), 75, 'the count of this test sees processes that do not share')

  const [one, two] = shared as readonly Limiter[] as [Limiter, Limiter, Limiter]
  const many = { key: 'b', max: 10, windowMs: hourMs }
  assert.equal((await one.takeShared({ ...many, count: 6 })).remaining, 4)
  assert.equal((await two.takeShared({ ...many, count: 6 })).allowed, false, 'all or none')
  const last = await two.takeShared({ ...many, count: 4 })
  assert.deepEqual([last.allowed, last.remaining], [true, 0])
  const { allowed, resetMs } = await one.takeShared(many)
  assert.equal(allowed, false)
  assert.ok(resetMs > 300_000 && resetMs <= 360_000, `${resetMs}: a tenth of the hour`)

  const quick = { key: 'c', max: 2, windowMs: 100 }
  await until(async () => !(await one.takeShared(quick)).allowed, 'used up')
  await until(async () => (await two.takeShared(quick)).allowed, 'it comes back')
})

test('without a working Redis no caller waits long, each process counts alone, and used quota stays used', async t => {
  const there = await wired(t)
  if (there === undefined) return
  const limiters = await openLimiters(t, there, 2)
  // The first failure costs its caller the wait, the next ones nothing.
  there.wire.set({ isBlackHole: true })
  const startedAtMs = performance.now()
  assert.ok((await limiters[0]?.takeShared({ key: 'x', max: 3, windowMs: hourMs }))?.allowed)
  const waitedMs = performance.now() - startedAtMs
  t.diagnostic(`a stalled Redis cost the first request ${waitedMs.toFixed(1)} ms`)
  assert.ok(waitedMs > 40 && waitedMs < 400, `${waitedMs} ms`)
  const againAtMs = performance.now()
  assert.equal(await passed([limiters[0] as Limiter], 'y', { asked: 100 }), 25, 'its own limit holds')
  const laterMs = performance.now() - againAtMs
  assert.ok(laterMs < 40, `100 more in ${laterMs} ms`)
  assert.equal(await passed(limiters, 'z'), 50, 'each by its own')

  there.wire.set({})
  await until(() => areShared(limiters), 'healed')
  // Counted by the first process alone; the second learns it from Redis.
  assert.ok((await limiters[0]?.takeShared({ key: 'x', max: 3, windowMs: hourMs }))?.allowed)
  for (const limiter of limiters) {
    const refuses = async () => !(await limiter.takeShared({ key: 'x', max: 3, windowMs: hourMs })).allowed
    await until(refuses, 'both see it used up')
  }
  assert.equal(await passed([limiters[1] as Limiter], 'y', { asked: 30 }), 25, 'unaware: no request for the key since')

  await there.redis.kill()
  assert.equal(await passed(limiters, 'x', { max: 3 }), 0, 'used up while Redis is dead')
  assert.equal(await passed(limiters, 'v'), 50)
  await there.redis.revive()
  await until(() => areShared(limiters), 'revived')
  assert.equal(await passed(limiters, 'x', { max: 3 }), 0, 'used up although Redis forgot')
  // On a busy machine Redis may be late again. Counting per process is then correct, so that round proves nothing.
  let exact = 0
  let rounds = 0
  await until(async () => {
    if (!(await areShared(limiters))) return false
    const before = fallbacks
    exact = await passed(limiters, `u${++rounds}`)
    return fallbacks === before
  }, 'Redis answers a whole round in time')
  assert.equal(exact, 25, 'exact again')
})

test('over HTTP an account limit is shared by two processes with Redis, and per process without it', async t => {
  const there = await wired(t)
  if (there === undefined) return
  const one = await testApp(t, { modules: [identityModule], limitsScale: 1, redisUrl: there.url })
  const two = await testApp(t, { modules: [identityModule], limitsScale: 1, redisUrl: there.url, sharing: one })
  let people = 0
  const person = async () => {
    const username = `limited_${++people}_x`
    const account = { username, email: `${username}@example.org`, password: 'correct horse battery staple' }
    return one.client(identity).register(account)
  }
  const someone = await person()
  // Five an hour for an account without a verified address.
  const reports = async (apps: readonly TestApp[]) => {
    const { accessToken: token } = await person()
    const input = { id: someone.user.id, reason: 'spam' as const }
    const asked = Array.from({ length: 24 }, (_, index) => {
      const headers = { 'idempotency-key': `report-${people}-${index}` }
      return apps[index % apps.length]?.request(identity, 'reportUser', input, { token, headers })
    })
    const statuses = (await Promise.all(asked)).map(answer => answer?.status)
    return statuses.filter(status => status !== 429).length
  }
  const alone = () => [one, two].some(app => app.logLines.some(line => line.includes('counted by each process')))
  // On a busy machine Redis itself may be late once. Counting per process is then correct, so the run proves nothing
  // about sharing.
  let count = await reports([one, two])
  for (let again = 0; alone() && again < 5; again++) {
    for (const app of [one, two]) (app.logLines as string[]).length = 0
    await new Promise(resolve => setTimeout(resolve, 1_100))
    count = await reports([one, two])
  }
  assert.equal(count, 5)
  there.wire.set({ isRefusing: true })
  there.wire.cut('reset')
  assert.equal(await reports([one, two]), 10)
})

test('the message quota of a room is shared by three processes with Redis, and per process without it', async t => {
  const there = await wired(t)
  if (there === undefined) return
  const free = await testApp(t, { modules: [chatModule] })
  // One percent of 600 changes in half a minute: six at once, and one more after five seconds.
  const bound = { modules: [chatModule], limitsScale: 0.01, redisUrl: there.url, sharing: free }
  const apps = [await testApp(t, bound), await testApp(t, bound), await testApp(t, bound)]
  let rooms = 0
  /** Three members send four messages each, every one through a different process than the last. */
  const said = async () => {
    const people = [newId(), newId(), newId()] as const
    const { id: roomId } = await free
      .client(chat, { token: free.as(people[0]) })
      .createRoom({ name: `Room ${rooms++}` })
    for (const id of people.slice(1)) await free.client(chat, { token: free.as(id) }).joinRoom({ id: roomId })
    const asked = Array.from({ length: 12 }, (_, index) => {
      const app = apps[index % 3] as TestApp
      const input = { roomId, cmid: `cmid-${newId()}`, body: `${index}` }
      return app.request(chat, 'sendMessage', input, { token: app.as(people[Math.floor(index / 4)] as string) })
    })
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.deepEqual(
      statuses.filter(status => status !== 201 && status !== 429),
      [],
    )
    return statuses.filter(status => status === 201).length
  }
  const alone = () => apps.some(app => app.logLines.some(line => line.includes('counted by each process')))
  let count = await said()
  for (let again = 0; alone() && again < 5; again++) {
    for (const app of apps) (app.logLines as string[]).length = 0
    await new Promise(resolve => setTimeout(resolve, 1_100))
    count = await said()
  }
  assert.ok(count >= 6 && count <= 8, `${count} of 12: six, or a little more on a slow machine`)
  there.wire.set({ isRefusing: true })
  there.wire.cut('reset')
  assert.equal(await said(), 12, 'each takes six, and has four to take')
})
