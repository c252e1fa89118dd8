/** Server-sent events: the same streams, rights and limits as the socket, over a response that stays open. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import test from 'node:test'
import { type Credential, commonProblem, type Revoked, type SessionWatch } from '@octet/contracts'
import { newId } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { defer, listen, openPeer, type Test, type TestApp, testApp } from '@octet/testkit'
import { Agent, type Dispatcher, EventSource } from 'undici'
import { rooms, roomsModule } from './rooms.ts'

const stream = 'rooms:room:one'
const path = '/api/v1/realtime/events'

async function open(t: Test, options: Partial<Parameters<typeof testApp>[1]> = {}) {
  const app = await testApp(t, { modules: [roomsModule], ...options })
  const socketUrl = await listen(app)
  const { port } = app.http.server.address() as AddressInfo
  return { app, socketUrl, port, url: `http://127.0.0.1:${port}${path}` }
}

async function addMember(app: TestApp): Promise<string> {
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  return userId
}

async function append(app: TestApp, count: number, text = 'x'): Promise<void> {
  for (let index = 0; index < count; index++) {
    await app.db('rooms').transaction('post', tx => tx.append('room', 'one', { type: 'posted', body: { text } }))
  }
}

async function until(what: string, fits: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(30_000)
  while (!fits()) {
    if (deadline.aborted) throw new Error(`timed out: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

interface Line {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

/** Reads a response as server-sent events; keeps comments as events named `:`. */
async function follow(t: Test, url: string, headers: Record<string, string>) {
  const abort = new AbortController()
  defer(t, async () => abort.abort())
  const response = await fetch(url, { headers, signal: abort.signal })
  const lines: Line[] = []
  let text = ''
  let hasEnded = false
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) lines.push(lineOf(block))
    }
  })()
  const ended = reading
    .catch(() => undefined)
    .then(() => {
      hasEnded = true
    })
  const next = async (event: string): Promise<Line> => {
    const find = () => lines.findIndex(line => line.event === event)
    await until(`an event "${event}"; there were ${JSON.stringify(lines).slice(0, 500)}`, () => find() >= 0 || hasEnded)
    const [found] = lines.splice(find(), 1)
    assert.ok(found)
    return found
  }
  return { response, lines, next, ended, stop: () => abort.abort() }
}

function lineOf(block: string): Line {
  if (block === ':') return { id: '', event: ':', data: {} }
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
  return { id: field('id'), event: field('event') || 'message', data: JSON.parse(field('data') || '{}') }
}

/** A proxy whose connections the test can cut. */
async function cuttableProxy(t: Test, port: number) {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
    client.pipe(upstream).pipe(client)
  })
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer(t, async () => {
    cut()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, cut }
}

/** `EventSource` as in browsers. It cannot set headers, so the agent below it adds the token. */
function stockEventSource(t: Test, url: string, token: string): EventSource {
  const agent = new Agent()
  const addToken = (dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] => {
    return (options, handler) => {
      const headers = { ...(options.headers as Record<string, string>), authorization: `Bearer ${token}` }
      return dispatch({ ...options, headers }, handler)
    }
  }
  const source = new EventSource(url, { node: { dispatcher: agent.compose(addToken), reconnectionTime: 50 } } as never)
  defer(t, async () => {
    source.close()
    await agent.destroy()
  })
  return source
}

test('a stock EventSource gets every event once and in order over any number of cut connections', async t => {
  const { app, port } = await open(t)
  const token = app.as(await addMember(app))
  const proxy = await cuttableProxy(t, port)
  await append(app, 3)
  const source = stockEventSource(t, `${proxy.url}?stream=${stream}&after=0`, token)
  const seqs: number[] = []
  const ids: string[] = []
  let begins = 0
  source.addEventListener('subscribed', () => begins++)
  source.onmessage = ({ data, lastEventId }) => {
    seqs.push(JSON.parse(data).seq)
    ids.push(lastEventId)
  }
  for (let round = 0; round < 5; round++) {
    await until('the stream has begun', () => begins > round)
    const appending = append(app, 20)
    await new Promise(resolve => setTimeout(resolve, Math.random() * 40))
    proxy.cut()
    await appending
  }
  await until('all events arrived', () => seqs.length >= 103)
  assert.deepEqual(
    seqs,
    Array.from({ length: 103 }, (_, index) => index + 1),
  )
  assert.match(ids.at(-1) ?? '', /^103@[\w-]+$/)
})

test('a stream starts at its end unless the client gives a position, and a replaced log is a reset', async t => {
  const { app, url } = await open(t)
  const headers = { authorization: `Bearer ${app.as(await addMember(app))}` }
  await append(app, 5)
  const fresh = await follow(t, `${url}?stream=${stream}`, headers)
  assert.match(fresh.response.headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal(fresh.response.headers.get('cache-control'), 'no-store')
  const begin = await fresh.next('subscribed')
  assert.deepEqual([begin.data.seq, begin.data.head], [5, 5])
  const [seq, epoch] = begin.id.split('@')
  assert.equal(seq, '5')

  const known = await follow(t, `${url}?stream=${stream}&after=3@${epoch}`, headers)
  assert.deepEqual([(await known.next('message')).data.seq, (await known.next('message')).data.seq], [4, 5])
  const later = await follow(t, `${url}?stream=${stream}&after=1`, { ...headers, 'last-event-id': `4@${epoch}` })
  assert.equal((await later.next('message')).data.seq, 5, 'Last-Event-ID goes before `after`')

  const other = await follow(t, `${url}?stream=${stream}&after=3@otherlog`, headers)
  const reset = await other.next('reset')
  assert.deepEqual([reset.data.reason, reset.data.seq, reset.id], ['epoch', 5, begin.id])
})

test('a malformed, anonymous, out-of-scope or non-member request is refused with a status', async t => {
  const { app, url } = await open(t)
  const member = await addMember(app)
  const statusOf = async (query: string, token?: string, headers: Record<string, string> = {}) => {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}?${query}`, { headers: { ...authorization, ...headers } })
    const body = (await answer.json()) as { code: string }
    return `${answer.status} ${body.code}`
  }
  const full = app.as(member)
  assert.equal(await statusOf(`stream=${stream}`), '401 unauthenticated')
  assert.equal(await statusOf('', full), '400 validation-failed')
  assert.equal(await statusOf(`stream=${stream}&after=x`, full), '400 validation-failed')
  assert.equal(await statusOf(`stream=${stream}&before=1`, full), '400 validation-failed')
  assert.equal(await statusOf(`stream=${stream}`, full, { 'last-event-id': '-1' }), '400 validation-failed')
  assert.equal(await statusOf('stream=nowhere:room:one', full), '404 not-found')
  assert.equal(await statusOf(`stream=${stream}`, app.as(newId())), '404 not-found')
  assert.equal(await statusOf(`stream=${stream}`, app.as(member, { scopes: ['links:read'] })), '403 forbidden')
  const narrow = await follow(t, `${url}?stream=${stream}`, {
    authorization: `Bearer ${app.as(member, { scopes: ['rooms:read'] })}`,
  })
  assert.equal((await narrow.next('subscribed')).data.seq, 0)
})

test('a removed member gets an unsubscribed event, and the response ends', async t => {
  const { app, url } = await open(t)
  const [anna, ben] = [await addMember(app), await addMember(app)]
  const following = await follow(t, `${url}?stream=${stream}`, { authorization: `Bearer ${app.as(ben)}` })
  await following.next('subscribed')
  await append(app, 1)
  await following.next('message')
  await app.client(rooms, { token: app.as(anna) }).kick({ room: 'one', userId: ben })
  await append(app, 1, 'not for ben')
  assert.equal((await following.next('unsubscribed')).data.code, 'not-found')
  await following.ended
  assert.ok(!JSON.stringify(following.lines).includes('not for ben'))
})

test('ephemeral events and relays arrive under their name', async t => {
  const { app, url, socketUrl } = await open(t)
  const member = await addMember(app)
  const headers = { authorization: `Bearer ${app.as(member)}` }
  const bell = await follow(t, `${url}?stream=rooms:bell:one`, headers)
  assert.deepEqual((await bell.next('subscribed')).data.ephemeral, true)
  await app.client(rooms, { token: app.as(member) }).ring({ room: 'one', count: 7 })
  const rung = await bell.next('relay')
  assert.deepEqual([rung.data.type, rung.data.body, rung.id], ['rung', { count: 7 }, ''])

  const room = await follow(t, `${url}?stream=${stream}`, headers)
  await room.next('subscribed')
  const speaker = await openPeer(t, socketUrl)
  speaker.send({ t: 'hello', v: 1, token: app.as(await addMember(app)), streams: { [stream]: null } })
  await speaker.next('subscribed')
  speaker.send({ t: 'relay', stream, type: 'typing', body: { on: true } })
  assert.deepEqual((await room.next('relay')).data.body, { on: true })
})

test('a revoked session and an expired token end the response within a second', async t => {
  const listeners = new Set<(revoked: Revoked) => void>()
  // A test token is a user and an expiry: `user/1760000000000`.
  const userOf = (credential: Credential) => (credential.kind === 'bearer' ? credential.token.split('/') : ['', '0'])
  const watch: SessionWatch = {
    expiresAtMs: credential => Number(userOf(credential)[1]),
    onRevoked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    silentMs: () => 0,
    close: () => undefined,
  }
  const module: AnyModule = {
    ...roomsModule,
    authenticate: () => credential => {
      const [userId = '', expiresAtMs] = userOf(credential)
      if (Number(expiresAtMs) <= app.nowMs) throw commonProblem('unauthenticated')
      return { kind: 'user', userId, sessionId: userId, roles: ['user'], scopes: '*', provenAtMs: app.nowMs }
    },
    watchSessions: () => watch,
  }
  const { app, url } = await open(t, { modules: [module] })
  const enter = async () => {
    const userId = await addMember(app)
    return { userId, token: `${userId}/${app.nowMs + 60_000}` }
  }
  const [expiring, revoked] = [await enter(), await enter()]
  const following = []
  for (const { token } of [expiring, revoked]) {
    const one = await follow(t, `${url}?stream=${stream}`, { authorization: `Bearer ${token}` })
    await one.next('subscribed')
    following.push(one)
  }
  for (const listener of listeners) listener({ kind: 'session', sessionId: revoked.userId })
  const startedMs = performance.now()
  assert.equal((await following[1]?.next('closed'))?.data.code, 4401)
  await following[1]?.ended
  assert.ok(performance.now() - startedMs < 1_000)
  assert.equal(following[0]?.lines.length, 0, 'the other one goes on')
  app.nowMs += 61_000
  assert.equal((await following[0]?.next('closed'))?.data.code, 4401)
})

test('event streams count against the same limits as sockets', async t => {
  // At this scale a user may have one connection and an address ten.
  const { app, url, socketUrl } = await open(t, { limitsScale: 0.01 })
  const token = app.as(await addMember(app))
  const first = await follow(t, `${url}?stream=${stream}`, { authorization: `Bearer ${token}` })
  await first.next('subscribed')
  const socket = await openPeer(t, socketUrl)
  socket.send({ t: 'hello', v: 1, token })
  assert.equal(await socket.closed, 1013)
  first.stop()
  await first.ended
  const again = await openPeer(t, socketUrl)
  again.send({ t: 'hello', v: 1, token })
  await again.next('welcome')
})

test('an idle stream sends comments, and an hour-old stream asks its client to reconnect', async t => {
  const { app, url } = await open(t)
  const token = app.as(await addMember(app))
  const following = await follow(t, `${url}?stream=${stream}`, { authorization: `Bearer ${token}` })
  await following.next('subscribed')
  const now = performance.now.bind(performance)
  let aheadMs = 0
  t.mock.method(performance, 'now', () => now() + aheadMs)
  aheadMs = 26_000
  await following.next(':')
  aheadMs = 61 * 60_000
  assert.equal((await following.next('closed')).data.code, 1001)
  await following.ended
})

test('a stalled reader costs bounded memory and later gets everything in order', async t => {
  const { app, port } = await open(t)
  const token = app.as(await addMember(app))
  const served: Socket[] = []
  app.http.server.on('connection', one => void served.push(one))
  const socket = connect(port, '127.0.0.1')
  defer(t, async () => socket.destroy())
  const lines = ['GET ', `${path}?stream=${stream} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`]
  socket.write(lines.join(''))
  await once(socket, 'readable') // `subscribed`; the client reads nothing more for now
  const text = 'y'.repeat(100_000)
  const count = 200
  await append(app, count, text)
  const [ofReader] = served
  assert.ok(ofReader !== undefined && ofReader.writableLength > 0, 'the reader is behind')
  assert.ok(ofReader.writableLength < 1024 * 1024, `${ofReader.writableLength} of 20,000,000 bytes are kept for it`)
  let received = ''
  socket.setEncoding('utf8').on('data', chunk => {
    received = (received + String(chunk)).replaceAll(text, '')
  })
  const seqs = () => [...received.matchAll(/^id: (\d+)@/gm)].map(match => Number(match[1]))
  await until('all events arrived', () => seqs().at(-1) === count)
  assert.deepEqual(
    seqs().slice(-count),
    Array.from({ length: count }, (_, index) => index + 1),
  )
})

test('a planned restart sends a retry time and ends the response', async t => {
  const { app, url } = await open(t)
  const token = app.as(await addMember(app))
  const following = await follow(t, `${url}?stream=${stream}`, { authorization: `Bearer ${token}` })
  await following.next('subscribed')
  const closing = app.runtime.close(4_000)
  const drain = await following.next('drain')
  assert.ok(Number(drain.data.retryMs) <= 5_000)
  assert.equal((await following.next('closed')).data.code, 1001)
  await following.ended
  await closing
})
