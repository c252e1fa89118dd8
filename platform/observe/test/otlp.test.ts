import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createMetrics, createOtlpExporter, createTracer, type OtlpOptions } from '../src/index.ts'

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code?: number; readonly message?: string }
}

/** An HTTP receiver. It answers with the next of `statuses`, or 200 after the last. */
async function openReceiver(t: TestContext) {
  const requests: { headers: IncomingMessage['headers']; url: string | undefined; spans: ReceivedSpan[] }[] = []
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const body = JSON.parse(text)
    const spans = body.resourceSpans.flatMap((of: { scopeSpans: { spans: ReceivedSpan[] }[] }) =>
      of.scopeSpans.flatMap(scope => scope.spans),
    )
    const status = statuses.shift() ?? 200
    if (status === 200) requests.push({ headers: request.headers, url: request.url, spans })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { requests, statuses, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function openExporter(t: TestContext, options: Pick<OtlpOptions, 'endpoint'> & Partial<OtlpOptions>) {
  const metrics = createMetrics({ processMetrics: false })
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_fields: object, message: string) => void warnings.push(message) }
  const exporter = createOtlpExporter({
    resource: { 'service.name': 'octet under test' },
    log: log as never,
    metrics,
    delayMs: 10,
    retryMs: 5,
    ...options,
  })
  t.after(() => exporter.close(1_000))
  return { exporter, metrics, warnings, tracer: createTracer({ keepOneIn: 1, onKept: exporter.add }) }
}

async function until(what: string, fits: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(10_000)
  while (!(await fits())) {
    if (deadline.aborted) throw new Error(`${what}: not in time`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('a kept trace arrives with its ids, times, kinds, attributes and status', async t => {
  const { requests, endpoint } = await openReceiver(t)
  const { exporter, tracer } = openExporter(t, { endpoint, headers: { 'x-api-key': 'good' } })
  const remote = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }
  const root = tracer.startSpan('GET /links/:id', remote, 'server')
  const inner = tracer.startSpan('links.getLink', root, 'client')
  inner.set('rows', 3)
  inner.set('ratio', 0.5)
  inner.set('cached', true)
  inner.fail(new Error('no luck with token=abcdefgh'))
  inner.end()
  const running = tracer.startSpan('still running', root)
  root.end()
  await until('a batch', () => requests.length === 1)
  const [{ headers, url, spans } = assert.fail('no request')] = requests
  assert.deepEqual([url, headers['content-type'], headers['x-api-key']], ['/v1/traces', 'application/json', 'good'])
  const [first, second, third] = spans
  assert.deepEqual([first?.traceId, first?.parentSpanId, first?.kind], [remote.traceId, remote.spanId, 2])
  assert.deepEqual([second?.parentSpanId, second?.kind, second?.status.code], [first?.spanId, 3, 2])
  assert.ok(!second?.status.message?.includes('abcdefgh'), 'the secret was not redacted')
  assert.deepEqual(second?.attributes, [
    { key: 'rows', value: { intValue: '3' } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'cached', value: { boolValue: true } },
  ])
  assert.ok(BigInt(first?.endTimeUnixNano ?? 0) >= BigInt(first?.startTimeUnixNano ?? 1))
  assert.deepEqual(third?.attributes, [{ key: 'octet.unfinished', value: { boolValue: true } }])
  running.end()
  await exporter.close(1_000)
})

test('a batch is repeated for a busy receiver, and dropped when the receiver refuses it', async t => {
  const { requests, statuses, endpoint } = await openReceiver(t)
  const { metrics, tracer, warnings } = openExporter(t, { endpoint })
  statuses.push(503, 429)
  tracer.startSpan('retried').end()
  await until('the repeated batch', () => requests.length === 1)
  assert.equal(warnings.length, 1, 'the outage was not logged once')
  statuses.push(400)
  tracer.startSpan('refused').end()
  await until('a counted drop', async () => /dropped_total\{reason="refused"\} 1/.test(await metrics.text()))
  tracer.startSpan('later').end()
  await until('the next batch', () => requests.length === 2)
  assert.deepEqual(
    requests.flatMap(({ spans }) => spans.map(({ name }) => name)),
    ['retried', 'later'],
  )
  await until('two counted traces', async () => /octet_traces_exported_total 2/.test(await metrics.text()))
})

test('without a receiver the queue stays bounded, drops are counted, and no caller waits', async t => {
  const { exporter, metrics, tracer } = openExporter(t, { endpoint: 'http://127.0.0.1:9', queueTracesMax: 10 })
  const startedMs = performance.now()
  for (let index = 0; index < 1_000; index++) tracer.startSpan('lost').end()
  assert.ok(performance.now() - startedMs < 500)
  const text = await metrics.text()
  assert.match(text, /octet_traces_queued 10/)
  assert.match(text, /octet_traces_dropped_total\{reason="full"\} 990/)
  await until('the last attempt', async () => /reason="unreachable"\} 10/.test(await metrics.text()))
  const closingMs = performance.now()
  await exporter.close(200)
  assert.ok(performance.now() - closingMs < 1_000)
})

test('closing the exporter sends the queued traces', async t => {
  const { requests, endpoint } = await openReceiver(t)
  const { exporter, tracer } = openExporter(t, { endpoint, delayMs: 60_000 })
  tracer.startSpan('last').end()
  await exporter.close(2_000)
  assert.equal(requests[0]?.spans[0]?.name, 'last')
})

test('a trace that the remote parent marks as sampled is kept', () => {
  const kept: string[] = []
  const tracer = createTracer({ keepOneIn: 1_000_000_000, onKept: read => void kept.push(read().traceId) })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  for (const sampled of [false, true]) tracer.startSpan('x', { traceId, spanId: '00f067aa0ba902b7', sampled }).end()
  assert.deepEqual(kept, [traceId])
})
