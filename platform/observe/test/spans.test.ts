import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTracer, formatTraceparent, parseTraceparent, type TracerOptions } from '../src/index.ts'

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

function withClock(options: TracerOptions = {}) {
  const clock = { ms: 0, wallMs: 1_795_000_000_000 }
  const tracer = createTracer({ now: () => clock.ms, wallNow: () => clock.wallMs, ...options })
  return { clock, tracer }
}

test('spans form a tree with times in Unix nanoseconds', () => {
  const { clock, tracer } = withClock({ keepOneIn: 1 })
  clock.ms = 5
  const root = tracer.startSpan('GET /links/:id', undefined, 'server')
  clock.ms = 6.25
  const operation = tracer.startSpan('links.getLink', root)
  clock.ms = 7
  const query = tracer.startSpan('links.byId', operation, 'client')
  query.set('rows', 1)
  clock.ms = 8
  query.end()
  operation.end()
  const sibling = tracer.startSpan('audit', root)
  sibling.end()
  clock.ms = 9
  root.end()

  const [trace] = tracer.recentTraces()
  const [a, b, c, d] = trace!.spans
  assert.deepEqual(
    [a, b, c, d].map(span => span!.parentSpanId),
    ['', a!.spanId, b!.spanId, a!.spanId],
  )
  assert.match(trace!.traceId, /^[0-9a-f]{32}$/)
  for (const span of trace!.spans) {
    assert.equal(span.traceId, trace!.traceId)
    assert.match(span.spanId, /^[0-9a-f]{16}$/)
  }
  assert.equal(new Set(trace!.spans.map(span => span.spanId)).size, 4)
  assert.equal(a!.startTimeUnixNano, 1_795_000_000_000_000_000n)
  assert.equal(b!.startTimeUnixNano, 1_795_000_000_001_250_000n)
  assert.equal(a!.endTimeUnixNano, 1_795_000_000_004_000_000n)
  assert.equal(trace!.durationMs, 4)
  assert.deepEqual(c, {
    traceId: trace!.traceId,
    spanId: c!.spanId,
    parentSpanId: b!.spanId,
    name: 'links.byId',
    kind: 'client',
    startTimeUnixNano: 1_795_000_000_002_000_000n,
    endTimeUnixNano: 1_795_000_000_003_000_000n,
    attributes: { rows: 1 },
    status: { code: 'unset' },
  })
})

test('a trace continues from the caller’s header and passes its header to the next hop', () => {
  const { tracer } = withClock({ keepOneIn: 1 })
  const root = tracer.startSpan('call', parseTraceparent(parent))
  const inner = tracer.startSpan('inner', root)
  const next = parseTraceparent(inner.traceparent())
  inner.end()
  root.end()
  const [trace] = tracer.recentTraces()
  assert.equal(trace!.traceId, '4bf92f3577b34da6a3ce929d0e0e4736')
  assert.equal(trace!.spans[0]!.parentSpanId, '00f067aa0ba902b7')
  assert.deepEqual(next, { traceId: trace!.traceId, spanId: trace!.spans[1]!.spanId, sampled: true })
})

test('malformed headers begin a new trace', () => {
  const malformed = [
    undefined,
    '',
    'hello',
    parent.slice(0, -1),
    `${parent}-extra`,
    `${parent}0`,
    parent.toUpperCase(),
    ` ${parent}`,
    `${parent}\n`,
    parent.replaceAll('-', '_'),
    parent.replace('00-4', 'ff-4'),
    parent.replace('00-4', '0-4'),
    parent.replace('00f067aa0ba902b7', '0000000000000000'),
    parent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    parent.replace('4bf', 'xyz'),
    parent.replace('-01', '-0x'),
    `${parent}, ${parent}`,
    `01${parent.slice(2)}x`,
    `01${parent.slice(2)}-${'a'.repeat(10_000)}`,
  ]
  for (const header of malformed) assert.equal(parseTraceparent(header), undefined, String(header))
  const { tracer } = withClock()
  assert.match(tracer.startSpan('x', parseTraceparent('hello')).traceparent(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
})

test('valid headers are read, also those of later versions', () => {
  const read = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }
  assert.deepEqual(parseTraceparent(parent), read)
  assert.deepEqual(parseTraceparent(`cc${parent.slice(2)}-what-comes`), read)
  assert.deepEqual(parseTraceparent(parent.replace(/01$/, 'fe')), { ...read, sampled: false })
  assert.equal(formatTraceparent(read), parent)
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), header => {
      const parsed = parseTraceparent(header)
      return parsed === undefined || header.includes(parsed.traceId)
    }),
  )
})

test('all slow and failed traces and one in n of the others are kept, chosen by trace id', () => {
  const { clock, tracer } = withClock({ slowMs: 100, keepOneIn: 4, tracesMax: 1_000 })
  const slow = tracer.startSpan('slow')
  clock.ms += 100
  slow.end()
  const failing = tracer.startSpan('outer')
  const inner = tracer.startSpan('inner', failing)
  inner.fail(new Error('refused token=hunter2'))
  inner.end()
  failing.end()
  for (let i = 0; i < 400; i++) {
    const traceId = i.toString(16).padStart(32, 'a')
    tracer.startSpan('ordinary', { traceId, spanId: 'b'.repeat(16), sampled: false }).end()
  }
  const traces = tracer.recentTraces()
  const names = (kept: string) => traces.filter(trace => trace.kept === kept).map(trace => trace.spans[0]!.name)
  assert(names('slow').includes('slow'))
  assert.deepEqual(names('failed'), ['outer'])
  const { spans } = traces.find(trace => trace.kept === 'failed')!
  assert.deepEqual(spans[1]!.status, { code: 'error', message: 'refused token=[redacted]' })
  const sampled = traces.filter(trace => trace.kept === 'sampled')
  assert.equal(sampled.length, 100)
  for (const { traceId } of sampled) assert.equal(Number.parseInt(traceId.slice(-8), 16) % 4, 0)
})

test('memory is bounded: the oldest traces go first, and ordinary ones never displace failures', () => {
  const { clock, tracer } = withClock({ tracesMax: 10, keepOneIn: 1 })
  const failed = tracer.startSpan('failed')
  failed.fail('no reason')
  failed.end()
  for (let i = 0; i < 1_000; i++) {
    clock.wallMs++
    tracer.startSpan(`ordinary ${i}`).end()
  }
  const traces = tracer.recentTraces()
  assert.equal(traces.length, 11)
  assert.equal(traces[0]!.spans[0]!.name, 'ordinary 999')
  assert.equal(traces[9]!.spans[0]!.name, 'ordinary 990')
  assert.equal(traces[10]!.kept, 'failed')
})

test('the spans, attributes and texts of a trace are bounded, and texts are redacted', () => {
  const { tracer } = withClock({ keepOneIn: 1, spansMax: 5 })
  const root = tracer.startSpan('root')
  for (let i = 0; i < 20; i++) {
    root.set(`key${i}`, 'x'.repeat(1_000))
    root.set('key0', `/cb?token=hunter2&n=${i}`)
    tracer.startSpan('child', root).end()
  }
  root.fail(new Error('y'.repeat(10_000)))
  root.end()
  const [trace] = tracer.recentTraces()
  assert.equal(trace!.spans.length, 5)
  assert.equal(trace!.droppedSpans, 16)
  const [span] = trace!.spans
  assert.equal(Object.keys(span!.attributes).length, 16)
  assert.equal(span!.attributes.key1, 'x'.repeat(256))
  assert.equal(span!.attributes.key0, '/cb?token=[redacted]&n=19')
  assert.equal(span!.status.code === 'error' && span!.status.message.length, 256)
})

test('a span that outlives its trace appears as running, then as ended; a second end does nothing', () => {
  const { clock, tracer } = withClock({ keepOneIn: 1 })
  const root = tracer.startSpan('root')
  const late = tracer.startSpan('late', root)
  root.end()
  clock.ms = 50
  root.end()
  const [running] = tracer.recentTraces()
  assert.equal(running!.durationMs, 0)
  assert.equal(running!.spans[1]!.endTimeUnixNano, undefined)
  late.end()
  const traces = tracer.recentTraces()
  assert.equal(traces.length, 1)
  assert.equal(traces[0]!.spans[1]!.endTimeUnixNano, 1_795_000_000_050_000_000n)
  assert.equal(traces[0]!.spans[1]!.spanId, running!.spans[1]!.spanId)
})

test('ids are unique', () => {
  const { tracer } = withClock()
  const ids = new Set(Array.from({ length: 20_000 }, () => tracer.startSpan('x').traceparent()))
  assert.equal(ids.size, 20_000)
})
