import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { access } from '@octet/contracts'
import { defer, type Test } from '@octet/testkit'
import type { HttpOptions } from '../src/index.ts'
import { bareApp } from './bare-app.ts'

const config = { access: access.anyone }
const megabytes = 'x'.repeat(8 * 1024 * 1024)

async function open(t: Test, timeouts: HttpOptions['timeouts']) {
  const { app } = bareApp(undefined, { timeouts: { checkEveryMs: 50, ...timeouts } })
  defer(t, async () => {
    const closing = app.close()
    app.server.closeAllConnections()
    await closing
  })
  app.get('/large', { config }, async () => megabytes)
  app.get('/late', { config }, async () => {
    await delay(600)
    return 'late'
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return (text: string): Socket => {
    const socket = connect(port, '127.0.0.1')
    defer(t, async () => socket.destroy())
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  }
}

/** Resolves to the milliseconds until the server closes the connection. */
async function closedAfterMs(socket: Socket): Promise<number> {
  const startedMs = performance.now()
  socket.resume()
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  return performance.now() - startedMs
}

test('a client that never finishes its headers is disconnected at the documented time', async t => {
  const send = await open(t, { headersMs: 300, requestMs: 60_000 })
  const tookMs = await closedAfterMs(send('GET /large HTTP/1.1\r\nhost: x\r\n'))
  assert.ok(tookMs >= 250, String(tookMs))
})

test('a client that never finishes its body is disconnected at the documented time', async t => {
  const send = await open(t, { headersMs: 300, requestMs: 400 })
  const socket = send('POST /large HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{')
  assert.ok((await closedAfterMs(socket)) >= 350)
})

test('a client that stops reading is disconnected, and its answer leaves memory', async t => {
  const send = await open(t, { stalledMs: 200 })
  const socket = send('GET /large HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'readable') // the first bytes; the client reads nothing after this
  await delay(1_500)
  let bytes = 0
  socket.on('data', chunk => {
    bytes += chunk.length
  })
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  assert.ok(bytes > 0 && bytes < megabytes.length, `${bytes} bytes`)
})

test('a slow answer is sent even if it takes longer than the stall limit', async t => {
  const send = await open(t, { stalledMs: 200 })
  const socket = send('GET /late HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  const [first] = (await once(socket, 'data')) as [Buffer]
  assert.match(first.toString(), /^HTTP\/1\.1 200/)
})
