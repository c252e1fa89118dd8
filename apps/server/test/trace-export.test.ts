import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chat } from '@octet/contracts/chat'
import { signUp } from '@octet/identity/testing'
import { migrationsOf } from '@octet/runtime'
import { defer, freePort, httpClient, startServerProcess, type Test, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

interface Received {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}

async function openReceiver(t: Test) {
  const spans: Received[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      const named = resource.attributes.find(({ key }: { key: string }) => key === 'service.name')
      for (const { spans: received } of scopeSpans) {
        for (const span of received) spans.push({ ...span, service: named.value.stringValue })
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer(t, async () => void server.close().closeAllConnections())
  return { spans, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Accounts in one process, chat in another; both export every trace. */
async function startPair(t: Test, endpoint: string) {
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-traces-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const [accountsPort, chatPort] = [await freePort(), await freePort()]
  const start = async (name: string, served: string, port: number, peers: string) => {
    const server = await startServerProcess({
      program,
      port,
      environment: {
        ...{ DATABASE_URL: databaseUrl, OCTET_DATA: join(dataDir, name) },
        ...{ OCTET_MODULES: served, OCTET_PEERS: peers, OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LIMITS_SCALE: '1000' },
        ...{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: name, OTEL_TRACES_SAMPLER_ARG: '1' },
      },
    })
    defer(t, () => server.stop())
    return server
  }
  const toChat = `chat=http://127.0.0.1:${chatPort},links=http://127.0.0.1:${chatPort}`
  const accounts = await start('accounts', 'identity,mails', accountsPort, toChat)
  const rooms = await start('rooms', 'chat,links', chatPort, `identity=http://127.0.0.1:${accountsPort}`)
  return { accounts, rooms }
}

async function until<T>(what: string, find: () => T | undefined): Promise<T> {
  const deadline = AbortSignal.timeout(40_000)
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    if (deadline.aborted) throw new Error(`${what} did not arrive`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Follows parents to the first span. Undefined while one of them has not arrived. */
function rootOf(spans: readonly Received[], span: Received): Received | undefined {
  if (span.parentSpanId === undefined) return span
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return parent && rootOf(spans, parent)
}

test('a call and an event between two processes arrive as one trace at the receiver', async t => {
  const { spans, endpoint } = await openReceiver(t)
  const { accounts, rooms } = await startPair(t, endpoint)
  const token = await signUp(accounts.origin)
  const named = (service: string, name: RegExp) => spans.find(span => span.service === service && name.test(span.name))

  const handled = await until('the span of the handler', () => named('rooms', /^chat\.welcomeNewcomer$/))
  const registered = await until('all parents of the handler', () => rootOf(spans, handled))
  assert.deepEqual([registered.service, registered.traceId], ['accounts', handled.traceId])
  assert.match(registered.name, /^POST .*\/auth\/register$/)

  const client = httpClient(rooms.origin).client(chat, { token })
  const { id: roomId } = await client.createRoom({ name: 'traced', visibility: 'public' })
  await client.listMembers({ id: roomId })
  const route = await until('the span of the request', () => named('rooms', /^GET .*\/members$/))
  const called = await until('the span of the call', () =>
    spans.find(span => span.service === 'accounts' && span.traceId === route.traceId),
  )
  const root = await until('all parents of the call', () => rootOf(spans, called))
  assert.equal(root.spanId, route.spanId)
})
