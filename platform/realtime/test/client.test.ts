/** The client library against a real server. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { newId } from '@octet/db'
import {
  type ConnectionState,
  createRealtimeClient,
  memoryOutbox,
  type RealtimeClient,
  type RealtimeClientOptions,
  type SocketEvent,
  type SocketLike,
} from '@octet/realtime-client'
import { defer, listen, type Test, type TestApp, testApp } from '@octet/testkit'
import { WebSocket } from 'ws'
import { rooms, roomsModule } from './rooms.ts'

const untilMs = 20_000

async function until(fits: () => boolean, what: string): Promise<void> {
  const deadline = AbortSignal.timeout(untilMs)
  while (!fits()) {
    if (deadline.aborted) throw new Error(`timed out: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function open(t: Test) {
  const app = await testApp(t, { modules: [roomsModule] })
  return { app, url: await listen(app) }
}

/** A member of room `one` with a client; its sockets are recorded so that a test can cut them. */
async function member(t: Test, app: TestApp, url: string, options: Partial<RealtimeClientOptions> = {}) {
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  const sockets: WebSocket[] = []
  const losing = new WeakSet<WebSocket>()
  const client = createRealtimeClient({
    url,
    token: () => app.as(userId),
    openSocket(address) {
      const socket = new WebSocket(address)
      sockets.push(socket)
      const addEventListener: SocketLike['addEventListener'] = (type, listener) =>
        socket.addEventListener(type, (event: object) => {
          if (type !== 'message' || !losing.has(socket)) listener(event as SocketEvent)
        })
      return { send: data => socket.send(data), close: (code, reason) => socket.close(code, reason), addEventListener }
    },
    backoff: { baseMs: 50, maxMs: 200 },
    ...options,
  })
  defer(t, async () => client.close())
  client.connect()
  return {
    ...{ userId, client, sockets, room: client.stream(rooms, 'room', 'one') },
    cut: () => sockets.at(-1)?.terminate(),
    /** From now on the client ignores the server; those frames are lost with the connection. */
    loseAnswers: () => void losing.add(sockets.at(-1) as WebSocket),
  }
}

function stateOf(client: RealtimeClient): ConnectionState['kind'] {
  return client.state.get().kind
}

test('events and sends arrive in order and once over any number of cut connections', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const ben = await member(t, app, url)
  const heard: string[] = []
  const seqs: number[] = []
  ben.room.follow({
    // Not from the end: on a busy machine Anna may send before Ben's subscription begins.
    from: { epoch: '', seq: 0 },
    on: async event => {
      await null
      seqs.push(event.seq)
      if (event.type === 'posted') heard.push(event.body.text)
    },
  })
  await until(() => stateOf(ben.client) === 'open' && stateOf(anna.client) === 'open', 'both open')
  const said = Array.from({ length: 120 }, (_, index) => `text ${index}`)
  const sent: Promise<unknown>[] = []
  for (const [index, text] of said.entries()) {
    sent.push(anna.room.send('post', { text }).sent)
    if (index % 30 === 10) anna.cut()
    if (index % 30 === 25) ben.cut()
    if (index % 10 === 0) await new Promise(resolve => setTimeout(resolve, 20))
  }
  await Promise.all(sent)
  await until(() => heard.length >= said.length, 'every event arrived')
  assert.deepEqual(heard, said)
  assert.deepEqual(
    seqs,
    said.map((_, index) => index + 1),
  )
  assert.ok(anna.sockets.length > 1 && ben.sockets.length > 1, 'connections were cut')
})

test('sends queued before the connection opens, also by a closed page, go out in order', async t => {
  const { app, url } = await open(t)
  const outbox = memoryOutbox()
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  const first = await member(t, app, 'ws://127.0.0.1:9', { outbox, token: () => app.as(userId) })
  for (const text of ['one', 'two', 'three']) first.room.send('post', { text })
  await until(() => first.client.waiting.get().length === 3, 'kept')
  await until(() => stateOf(first.client) === 'waiting', 'no server answers')
  first.client.close()
  const second = await member(t, app, url, { outbox, token: () => app.as(userId) })
  const heard: string[] = []
  second.room.follow({
    from: { epoch: '', seq: 0 },
    on: event => event.type === 'posted' && heard.push(event.body.text),
  })
  await second.room.send('post', { text: 'four' }).sent
  await until(() => heard.length === 4, 'all four')
  assert.deepEqual(heard, ['one', 'two', 'three', 'four'])
  assert.deepEqual(second.client.waiting.get(), [])
})

test('a refused send rejects with its problem, and the sends behind it continue', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const texts = ['one', 'forbidden', 'two']
  const [one, refused, two] = texts.map(text => anna.room.send('post', { text }).sent)
  assert.deepEqual(await one, { seq: 1 })
  await assert.rejects(refused as Promise<unknown>, { code: 'rooms.muted', status: 403 })
  assert.deepEqual(await two, { seq: 2 })
})

test('a refused send stays refused when its answer is lost, and later sends keep their order', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const { sql } = app.db('rooms')
  const turns = async () => Number((await sql`select last_csn from stream_turns`)[0]?.last_csn ?? 0)
  const untilTurn = async (turn: number) => {
    const deadline = AbortSignal.timeout(untilMs)
    while ((await turns()) < turn) assert.ok(!deadline.aborted, `turn ${turn} was never taken`)
  }
  const log = async () =>
    (await sql<{ text: string }[]>`select body->>'text' as text from stream_events order by seq`).map(row => row.text)
  await anna.room.send('post', { text: 'before' }).sent
  anna.loseAnswers()
  await sql`update members set is_muted = true`
  const refused = anna.room.send('post', { text: 'while muted' }).sent
  refused.catch(() => undefined)
  await untilTurn(2)
  await sql`update members set is_muted = false`
  const after = anna.room.send('post', { text: 'after' }).sent
  await untilTurn(3)
  anna.cut()
  assert.deepEqual(await after, { seq: 2 })
  await assert.rejects(refused, { code: 'rooms.muted', status: 403 })
  assert.deepEqual(await anna.room.send('post', { text: 'last' }).sent, { seq: 3 })
  assert.deepEqual(await log(), ['before', 'after', 'last'])
  assert.equal(await turns(), 4, 'one turn each')
})

test('a send whose answer is lost is executed once, over any number of cuts', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const { sql } = app.db('rooms')
  await until(() => stateOf(anna.client) === 'open', 'open')
  const said: Promise<unknown>[] = []
  for (let round = 1; round <= 4; round++) {
    anna.loseAnswers()
    for (const n of [1, 2, 3]) said.push(anna.room.send('post', { text: `${round} ${n}` }).sent)
    const deadline = AbortSignal.timeout(untilMs)
    while ((await sql`select from stream_events`).length < round * 3)
      assert.ok(!deadline.aborted, 'the send was never executed')
    anna.cut()
    await Promise.all(said)
  }
  const answers = (await Promise.all(said)) as { seq: number }[]
  assert.deepEqual(
    answers.map(({ seq }) => seq),
    Array.from({ length: 12 }, (_, index) => index + 1),
  )
  assert.equal((await sql`select from stream_events`).length, 12)
  assert.equal(Number((await sql`select last_csn from stream_turns`)[0]?.last_csn), 12)
})

test('sends with outdated numbers are renumbered and keep their order', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url, { backoff: { baseMs: 1, maxMs: 5 } })
  const heard: string[] = []
  anna.room.follow({ from: { epoch: '', seq: 0 }, on: event => event.type === 'posted' && heard.push(event.body.text) })
  await anna.room.send('post', { text: '0' }).sent
  // The server loses the device's count, as after a restored backup.
  await app.db('rooms').sql`update stream_turns set last_csn = 0`
  const sent = Array.from({ length: 20 }, (_, index) => anna.room.send('post', { text: `${index + 1}` }).sent)
  await Promise.all(sent)
  await until(() => heard.length === 21, 'all events arrive')
  assert.deepEqual(
    heard,
    Array.from({ length: 21 }, (_, index) => `${index}`),
  )
})

test('loaded state and live events join without a gap or a repeat', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  await anna.room.send('post', { text: '1' }).sent
  const ben = await member(t, app, url)
  const loaded = Promise.withResolvers<{ seq: number }>()
  const seqs: number[] = []
  let asked = 0
  ben.room.follow({
    load: start => {
      asked++
      assert.equal(start.reason, 'fresh')
      return loaded.promise
    },
    on: event => seqs.push(event.seq),
  })
  await until(() => asked === 1, 'load was called')
  for (let n = 2; n <= 6; n++) await anna.room.send('post', { text: `${n}` }).sent
  ben.cut()
  await anna.room.send('post', { text: '7' }).sent
  loaded.resolve({ seq: 4 })
  await until(() => seqs.length >= 3, '5 to 7')
  assert.deepEqual(seqs, [5, 6, 7])
  assert.equal(asked, 1)
})

test('an event whose handler fails is delivered again before any other', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const errors: unknown[] = []
  const ben = await member(t, app, url, { onError: error => errors.push(error) })
  const seqs: number[] = []
  const following = ben.room.follow({
    from: { epoch: '', seq: 0 },
    on: event => {
      seqs.push(event.seq)
      if (seqs.length === 1) throw new Error('planted')
    },
  })
  await Promise.all([1, 2].map(n => anna.room.send('post', { text: `${n}` }).sent))
  await until(() => seqs.length === 3, 'again')
  assert.deepEqual(seqs, [1, 1, 2])
  assert.equal(errors.length, 1)
  await until(() => following.position?.seq === 2, 'the position moves')
})

test('relays reach only the other subscribers and are not stored', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const ben = await member(t, app, url)
  const heard: unknown[] = []
  const own: unknown[] = []
  ben.room.follow({ onNews: news => heard.push(news) })
  const following = anna.room.follow({ onNews: news => own.push(news) })
  await until(() => following.isLive, 'live')
  await until(() => {
    anna.room.relay('typing', { on: true })
    return heard.length > 0
  }, 'heard')
  assert.deepEqual(heard[0], { type: 'typing', body: { on: true }, from: anna.userId })
  assert.deepEqual(own, [])
})

test('a caller without the right to listen gets an error, and an ended session stops the client', async t => {
  const { app, url } = await open(t)
  const stranger = newId()
  const ended: string[] = []
  const client = createRealtimeClient({
    url,
    token: () => app.as(stranger),
    openSocket: address => new WebSocket(address),
  })
  defer(t, async () => client.close())
  client.stream(rooms, 'room', 'one').follow({ onEnd: code => ended.push(code) })
  client.connect()
  await until(() => ended.length === 1, 'refused')
  assert.deepEqual(ended, ['not-found'])
  const outsider = createRealtimeClient({
    url,
    token: () => 'nonsense',
    openSocket: address => new WebSocket(address),
    backoff: { baseMs: 10, maxMs: 10 },
  })
  defer(t, async () => outsider.close())
  outsider.connect()
  await until(() => outsider.state.get().kind === 'stopped', 'stopped')
  assert.deepEqual(outsider.state.get(), { kind: 'stopped', reason: 'signed-out' })
})
