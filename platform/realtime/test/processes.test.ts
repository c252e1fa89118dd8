/** Two processes on one database: with Redis between them, without it, and with a Redis that fails. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { newId } from '@octet/db'
import { defer, listen, type Peer, signIn, startRedis, type Test, type TestApp, testApp } from '@octet/testkit'
import { roomsModule } from './rooms.ts'

const withinMs = 1_000

interface Process {
  readonly app: TestApp
  readonly url: string
}

async function openPair(t: Test, redisUrl?: string): Promise<readonly [Process, Process]> {
  const first = await testApp(t, { modules: [roomsModule], redisUrl })
  const second = await testApp(t, { modules: [roomsModule], redisUrl, sharing: first })
  return [
    { app: first, url: await listen(first) },
    { app: second, url: await listen(second) },
  ]
}

async function openRedis(t: Test) {
  const redis = await startRedis()
  if (redis === undefined) return undefined
  defer(t, () => redis.kill())
  return { ...redis, url: `redis://127.0.0.1:${redis.port}` }
}

async function member(t: Test, { app, url }: Process, room: string) {
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values (${room}, ${userId})`
  const stream = `rooms:room:${room}`
  const peer = await signIn(t, url, app.as(userId), 'phone')
  peer.send({ t: 'sub', streams: { [stream]: null } })
  const { epoch } = await peer.next('subscribed')
  let csn = 0
  return {
    userId,
    peer,
    epoch,
    post: (text: string) => peer.send({ t: 'send', stream, cmid: newId(), csn: ++csn, type: 'post', body: { text } }),
    kick: (whom: string) => peer.send({ t: 'send', stream, cmid: newId(), type: 'kick', body: { userId: whom } }),
  }
}

async function untilHinted({ app }: Process): Promise<void> {
  const deadline = AbortSignal.timeout(15_000)
  while (!app.runtime.hub.stats().hinted) {
    assert.ok(!deadline.aborted, 'hints arrive over Redis')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

function resets(peer: Peer): number {
  return peer.frames.filter(({ t }) => t === 'reset').length
}

test('a subscriber that resumes in a lagging process gets every event and no reset', async t => {
  const here = await testApp(t, { modules: [roomsModule] })
  const there = await testApp(t, { modules: [roomsModule], sharing: here })
  // This process reads the heads only when the test calls `poll`.
  const lagging = { app: there, url: `${(await there.http.listen({ port: 0 })).replace('http', 'ws')}/realtime` }
  const anna = await member(t, { app: here, url: await listen(here) }, 'one')
  const say = async (text: string) => {
    anna.post(text)
    await anna.peer.next('sent')
  }
  for (const text of ['1', '2', '3']) await say(text)
  const cleo = await member(t, lagging, 'one')
  for (let n = 4; n <= 9; n++) await say(`${n}`)
  const ben = await member(t, lagging, 'two')
  await here.db('rooms').sql`insert into members (room, user_id) values ('one', ${ben.userId})`
  ben.peer.send({ t: 'sub', streams: { 'rooms:room:one': { epoch: cleo.epoch, seq: 1 } } })
  const seqs: number[] = []
  while (seqs.length < 8) {
    const { list } = await ben.peer.next('events')
    seqs.push(...list.map(({ seq }) => seq))
  }
  assert.deepEqual(seqs, [2, 3, 4, 5, 6, 7, 8, 9])
  ben.peer.send({ t: 'ping', n: 1 })
  await ben.peer.next('pong')
  assert.equal(resets(ben.peer), 0, 'an event read before its head is known does not mean a replaced log')
  assert.equal(
    (await cleo.peer.next('event', ({ seq }) => seq === 9)).seq,
    9,
    'events that one reader fetches reach the others',
  )
  await there.runtime.hub.poll()
  ben.peer.send({ t: 'sync', rid: 'r', stream: 'rooms:room:one', epoch: cleo.epoch, after: 9 })
  assert.deepEqual((await ben.peer.next('events')).list, [])
  assert.equal(resets(ben.peer) + resets(cleo.peer), 0)
})

for (const way of ['with Redis', 'without Redis'] as const) {
  test(`${way}: events reach subscribers of another process from the first event of a stream on`, async t => {
    const redis = way === 'with Redis' ? await openRedis(t) : undefined
    if (way === 'with Redis' && redis === undefined) return t.skip('NOT RUN: redis-server is not installed')
    const [here, there] = await openPair(t, redis?.url)
    if (redis !== undefined) for (const process of [here, there]) await untilHinted(process)
    const ben = await member(t, there, 'one')
    assert.equal(ben.epoch, '', 'the stream is empty')
    const anna = await member(t, here, 'one')
    for (let n = 1; n <= 6; n++) {
      anna.post(`${n}`)
      const event = await ben.peer.next('event')
      assert.deepEqual([event.seq, event.body], [n, { text: `${n}` }])
      assert.notEqual(event.epoch, '', 'a client that resumes here needs the epoch of the log')
    }
    await there.app.runtime.hub.poll()
    ben.peer.send({ t: 'ping', n: 1 })
    assert.deepEqual((await ben.peer.next('heads')).heads, { 'rooms:room:one': 6 })
    assert.equal(resets(ben.peer), 0)
  })

  test(`${way}: a removed member receives nothing in another process within a second`, async t => {
    const redis = way === 'with Redis' ? await openRedis(t) : undefined
    if (way === 'with Redis' && redis === undefined) return t.skip('NOT RUN: redis-server is not installed')
    const [here, there] = await openPair(t, redis?.url)
    if (redis !== undefined) for (const process of [here, there]) await untilHinted(process)
    const anna = await member(t, here, 'one')
    const cleo = await member(t, there, 'one')
    const tookMs: number[] = []
    for (let n = 1; n <= 3; n++) {
      const ben = await member(t, there, 'one')
      anna.kick(ben.userId)
      await anna.peer.next('sent')
      const committedMs = performance.now()
      anna.post(`after ${n}`)
      assert.equal((await ben.peer.next('unsubscribed')).code, 'not-found')
      tookMs.push(Math.round(performance.now() - committedMs))
      await cleo.peer.next('event', ({ body }) => (body as { text?: string }).text === `after ${n}`)
      assert.deepEqual(
        ben.peer.frames.filter(({ t: type }) => type === 'event' || type === 'events'),
        [],
      )
    }
    t.diagnostic(`${tookMs.join(', ')} ms`)
    // The fastest run counts, because the machine may be busy.
    assert.ok(Math.min(...tookMs) < withinMs, `${tookMs} ms`)
  })
}

test('with Redis: a relay reaches users in other processes, except those that the module excludes', async t => {
  const redis = await openRedis(t)
  if (redis === undefined) return t.skip('NOT RUN: redis-server is not installed')
  const [here, there] = await openPair(t, redis.url)
  for (const process of [here, there]) await untilHinted(process)
  const anna = await member(t, here, 'one')
  const [ben, spared] = [await member(t, there, 'one'), await member(t, there, 'one')]
  await here.app.db('rooms').sql`update members set is_spared = true where user_id = ${spared.userId}`
  const type = (on: boolean) => anna.peer.send({ t: 'relay', stream: 'rooms:room:one', type: 'typing', body: { on } })
  type(true)
  assert.deepEqual((await ben.peer.next('relay')).body, { on: true })
  await here.app.db('rooms').sql`update members set is_spared = false`
  type(false)
  assert.deepEqual((await spared.peer.next('relay')).body, { on: false }, 'the first relay that it receives')
})
