import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { access } from '@octet/contracts'
import { defer, type Test } from '@octet/testkit'
import { drainHttp } from '../src/drain.ts'
import { bareApp } from './bare-app.ts'

interface Held {
  readonly body: unknown
  readonly finish: () => void
}

/** An app whose `/costly` is behind a gate and answers when the test tells it to; `/cheap` has no gate. */
async function open(t: Test, gate: { runningMax: number; waitingMax: number; waitMsMax?: number }) {
  const logged: string[] = []
  const { app, metrics } = bareApp(line => logged.push(line))
  const running: Held[] = []
  defer(t, async () => {
    for (const { finish } of running) finish()
    const closing = app.close()
    app.server.closeAllConnections()
    await closing
  })
  const handler = async ({ body }: { body: unknown }) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    running.push({ body, finish: resolve })
    await promise
    return body
  }
  app.post('/costly', { config: { access: access.anyone } }, handler)
  app.post('/cheap', { config: { access: access.anyone } }, async ({ body }) => body)
  app.addConcurrencyGate({ paths: ['/costly'], waitMsMax: 5_000, ...gate })
  const draining = Promise.withResolvers<void>()
  app.addHook('preClose', async () => draining.resolve())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  return { app, running, post, port, metrics, logged, draining: draining.promise }
}

async function until(what: string, fits: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5_000
  while (!fits()) {
    assert.ok(performance.now() < deadlineMs, what)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('two requests run, three wait and run in order of arrival, and the rest get a Retry-After', async t => {
  const { running, post, metrics, logged } = await open(t, { runningMax: 2, waitingMax: 3 })
  const answers: Promise<Response>[] = []
  for (let index = 0; index < 5; index++) {
    answers.push(post('/costly', { index }))
    await until('it runs', () => running.length === Math.min(index + 1, 2))
  }
  const moments: number[] = []
  const refuse = async () => {
    const answer = await post('/costly/?again=1', {})
    assert.equal(answer.status, 503)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
    const problem = (await answer.json()) as { code: string; requestId: string; retryAfterMs: number }
    const { code, requestId, retryAfterMs } = problem
    assert.equal(code, 'unavailable')
    assert.ok(logged.join('').includes(requestId), 'an operator finds the refusal by its request id')
    moments.push(performance.now() + retryAfterMs)
  }
  await Promise.all(Array.from({ length: 40 }, refuse))
  assert.ok(Math.max(...moments) - Math.min(...moments) > 500, 'they do not all return at the same time')
  assert.equal(await (await post('/cheap', { free: true })).text(), '{"free":true}', 'other routes are not slowed down')
  for (let index = 0; index < 5; index++) {
    await until('the next runs', () => running.length > index)
    running[index]?.finish()
  }
  const bodies = await Promise.all(answers.map(async answer => (await answer).json()))
  assert.deepEqual(
    bodies,
    [0, 1, 2, 3, 4].map(index => ({ index })),
  )
  assert.equal(running.length, 5)
  assert.match(await metrics.text(), /route="\/costly",status="5xx"\} 40/)
})

test('a client that disconnects while waiting frees its slot', async t => {
  const { running, post } = await open(t, { runningMax: 1, waitingMax: 1 })
  const first = post('/costly', { who: 'first' })
  await until('one runs', () => running.length === 1)
  const impatient = new AbortController()
  const gone = post('/costly', { who: 'gone' }, impatient.signal)
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal((await post('/costly', {})).status, 503, 'the only waiting slot is taken')
  impatient.abort()
  await assert.rejects(gone)
  let last = post('/costly', { who: 'last' })
  for (let look = 0; look < 50 && (await Promise.race([last, soon()]))?.status === 503; look++) {
    last = post('/costly', { who: 'last' })
  }
  running[0]?.finish()
  await first
  await until('the last runs', () => running.length === 2)
  assert.deepEqual(running[1]?.body, { who: 'last' })
  running[1]?.finish()
  assert.equal((await last).status, 200)
})

async function soon(): Promise<undefined> {
  await new Promise(resolve => setTimeout(resolve, 100))
}

test('a request that waits too long is refused', async t => {
  const { running, post } = await open(t, { runningMax: 1, waitingMax: 5, waitMsMax: 50 })
  const first = post('/costly', {})
  await until('one runs', () => running.length === 1)
  assert.equal((await post('/costly', {})).status, 503)
  running[0]?.finish()
  assert.equal((await first).status, 200)
})

test('bodies that never end occupy no slot', async t => {
  const { running, post, port } = await open(t, { runningMax: 1, waitingMax: 1 })
  const slow: Socket[] = []
  for (let index = 0; index < 20; index++) {
    const socket = connect(port, '127.0.0.1')
    defer(t, async () => socket.destroy())
    slow.push(socket)
    await once(socket, 'connect')
    socket.write(
      'POST /costly HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n{"half',
    )
  }
  await new Promise(resolve => setTimeout(resolve, 100))
  const answer = post('/costly', { who: 'honest' })
  await until('the honest one runs', () => running.length === 1)
  running[0]?.finish()
  assert.deepEqual(await (await answer).json(), { who: 'honest' })
  // One of the slow bodies is completed after all.
  slow[0]?.write('":"way through"}')
  await until('it runs', () => running.length === 2)
})

test('closing the app answers the waiting requests', async t => {
  const { app, running, post } = await open(t, { runningMax: 1, waitingMax: 5 })
  const answers = [post('/costly', { who: 1 })]
  await until('one runs', () => running.length === 1)
  answers.push(post('/costly', { who: 2 }))
  await new Promise(resolve => setTimeout(resolve, 50))
  const closing = app.close()
  await new Promise(resolve => setTimeout(resolve, 50))
  for (const { finish } of running) finish()
  const statuses = await Promise.all(answers.map(async answer => (await answer).status))
  assert.equal(statuses[0], 200)
  assert.ok([200, 503].includes(statuses[1] ?? 0), 'the request is answered')
  app.server.closeAllConnections()
  await closing
})

test('a gate for a path without a route throws', async t => {
  const { app } = await open(t, { runningMax: 1, waitingMax: 1 })
  assert.throws(
    () => app.addConcurrencyGate({ paths: ['/nowhere'], runningMax: 1, waitingMax: 1, waitMsMax: 1 }),
    /not a route/,
  )
})

test('a draining server serves requests that waited at a gate, and refuses later ones with a problem', async t => {
  const { app, running, post, port, draining } = await open(t, { runningMax: 1, waitingMax: 1 })
  const head = 'HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', text => {
    received += text
  })
  const ended = once(socket, 'close')
  socket.write(`POST /costly ${head}`)
  await until('the first runs', () => running.length === 1)
  const others = [post('/costly', {}), post('/costly', {})]
  assert.equal((await Promise.race(others)).status, 503, 'one waits, so the other is refused')
  const drained = drainHttp(app, 20_000)
  await draining
  socket.write(`POST /cheap ${head}`)
  await post('/cheap', {}).catch(() => undefined) // refused or not accepted: the late request has arrived
  running[0]?.finish()
  await until('the second runs', () => running.length === 2)
  running[1]?.finish()
  await Promise.all([drained, ended])
  assert.deepEqual((await Promise.all(others)).map(({ status }) => status).sort(), [200, 503])
  const [first = '', late = ''] = received.split(/(?=HTTP\/1\.1 )/)
  assert.match(first, /^HTTP\/1\.1 200 /)
  assert.match(late, /^HTTP\/1\.1 503 /)
  assert.match(late, /application\/problem\+json/)
  assert.match(late, /connection: close/i)
})
