/** The faults of a TCP connection, each observed from both ends. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { defer, type Test } from '@octet/testkit'
import { type TcpFault, tcpFault } from '../wire/tcp-fault.ts'

interface Ends {
  readonly proxy: TcpFault
  dial(): Promise<{ client: Socket; server: Socket }>
}

async function open(t: Test): Promise<Ends> {
  const arrived: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => undefined)
    arrived.push(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy = await tcpFault({ targetPort: () => port, random: () => 0.5 })
  const clients: Socket[] = []
  defer(t, async () => {
    await proxy.close()
    for (const socket of [...clients, ...arrived]) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return {
    proxy,
    async dial() {
      const count = arrived.length
      const client = connect({ port: proxy.port, host: '127.0.0.1' })
      client.on('error', () => undefined)
      clients.push(client)
      await until(() => arrived.length > count)
      return { client, server: arrived[count] as Socket }
    },
  }
}

async function until(isTrue: () => boolean, timeoutMs = 60_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!isTrue()) {
    assert.ok(performance.now() < deadlineMs, `still not true: ${isTrue}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

function collect(socket: Socket): () => string {
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  return () => text
}

test('without a fault bytes pass in both directions, and so does the end of a connection', async t => {
  const { dial } = await open(t)
  const { client, server } = await dial()
  const [atServer, atClient] = [collect(server), collect(client)]
  client.end('question')
  await once(server, 'end')
  server.end('answer')
  await once(client, 'close')
  assert.deepEqual([atServer(), atClient()], ['question', 'answer'])
})

test('latency delays bytes and keeps their order', async t => {
  const { proxy, dial } = await open(t)
  const { client, server } = await dial()
  const atServer = collect(server)
  proxy.set({ latencyMs: 40, jitterMs: 40 })
  const startedMs = performance.now()
  client.write('a')
  client.write('b')
  await until(() => atServer() === 'ab')
  assert.ok(performance.now() - startedMs >= 55)
})

test('a bandwidth limit holds', async t => {
  const { proxy, dial } = await open(t)
  const { client, server } = await dial()
  const atServer = collect(server)
  proxy.set({ bytesPerSecond: 1_000 })
  const startedMs = performance.now()
  client.write('x'.repeat(200))
  await until(() => atServer().length === 200)
  assert.ok(performance.now() - startedMs >= 150)
})

test('a black hole answers nothing, and loses nothing when it heals', async t => {
  const { proxy, dial } = await open(t)
  const { client, server } = await dial()
  const atServer = collect(server)
  proxy.set({ isBlackHole: true })
  client.write('late')
  const late = dial()
  await new Promise(resolve => setTimeout(resolve, 30))
  assert.equal(atServer(), '')
  assert.equal(await Promise.race([late, 'not yet']), 'not yet', 'a new connection waits as well')
  proxy.set({})
  await until(() => atServer() === 'late')
  await late
})

test('a cut connection ends on both sides, by close or by reset', async t => {
  const { proxy, dial } = await open(t)
  for (const kind of ['close', 'reset'] as const) {
    const { client, server } = await dial()
    server.resume()
    const codes: string[] = []
    client.once('error', error => codes.push((error as NodeJS.ErrnoException).code ?? ''))
    const closed = Promise.all([client, server].map(end => new Promise(resolve => end.once('close', resolve))))
    client.resume()
    assert.equal(proxy.cut(kind), 1)
    if (kind === 'close') server.end()
    await closed
    assert.deepEqual(codes, kind === 'reset' ? ['ECONNRESET'] : [])
  }
})

test('a connection cut after n bytes has delivered exactly n', async t => {
  const { proxy, dial } = await open(t)
  proxy.cutNextAfter('to-server', 5)
  const { client, server } = await dial()
  const atServer = collect(server)
  client.write('0123456789')
  await once(client.resume(), 'close')
  await until(() => atServer().length >= 5)
  assert.equal(atServer(), '01234')
})

test('a half-closed connection signals its end to the server, which can still answer', async t => {
  const { proxy, dial } = await open(t)
  const { client, server } = await dial()
  const atClient = collect(client)
  server.resume()
  proxy.halfClose()
  await once(server, 'end')
  server.write('still here')
  await until(() => atClient() === 'still here')
})

test('a refusing proxy resets new connections', async t => {
  const { proxy } = await open(t)
  proxy.set({ isRefusing: true })
  const client = connect({ port: proxy.port, host: '127.0.0.1' })
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ECONNRESET')
})

test('a reset ends connections with unread bytes immediately, and leaves no cost behind', async t => {
  const { proxy, dial } = await open(t)
  const { client, server } = await dial()
  for (const socket of [client, server]) socket.pause()
  // More than the kernels buffer, both ways.
  for (const socket of [client, server])
    while (socket.writableLength < 16_000_000) socket.write(Buffer.alloc(1_000_000))
  for (let before = -1, now = 0; now !== before; now = client.writableLength + server.writableLength) {
    before = now
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  const cpu = process.cpuUsage()
  const closed = Promise.all([client, server].map(end => new Promise(resolve => end.once('close', resolve))))
  assert.equal(proxy.cut('reset'), 1)
  await until(() => proxy.connections === 0)
  for (const socket of [client, server]) socket.resume()
  await closed
  await new Promise(resolve => setTimeout(resolve, 100))
  const { user, system } = process.cpuUsage(cpu)
  assert.ok(user + system < 1_000_000, `${user + system} µs of work after the cut`)
})
