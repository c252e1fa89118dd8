/**
 * Compares the cost of each part with what it replaces, in the same run: `node platform/observe/bench/cost.ts`. Prints
 * the best and the median of seven rounds, in nanoseconds per call.
 */
import { pino } from 'pino'
import { Counter, Histogram, Registry } from 'prom-client'
import { createLog, createMetrics, createTracer, observeHttp, parseTraceparent, redactLine } from '../src/index.ts'

const rounds = 7
const callsPerRound = 100_000

function measure(name: string, body: () => unknown): void {
  const ns: number[] = []
  for (let round = -2; round < rounds; round++) {
    const startMs = performance.now()
    for (let i = 0; i < callsPerRound; i++) body()
    if (round >= 0) ns.push(((performance.now() - startMs) * 1e6) / callsPerRound)
  }
  ns.sort((a, b) => a - b)
  console.log(`${name.padEnd(58)} ${ns[0]!.toFixed(0).padStart(6)} ${ns[rounds >> 1]!.toFixed(0).padStart(6)}`)
}

const uuid = '0198f2f0-7a3c-7c4e-9a57-0d5c6d1f2a3b'
const fields = {
  requestId: uuid,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  method: 'GET',
  route: '/api/v1/links/:id',
  status: 200,
  durationMs: 1.23,
  address: '203.0.113.7',
  userId: uuid,
}

function logs(): void {
  const nothing = { write() {} }
  const depth = ['password', '*.password', '*.*.password', 'token', '*.token', '*.*.token', '*.headers.cookie']
  const bare = pino({ base: null }, nothing)
  const redacting = pino({ base: null, redact: depth }, nothing)
  const ours = createLog({ level: 'info', destination: '/dev/null' })
  const line = `${JSON.stringify({ level: 'info', ...fields, msg: 'request' })}\n`
  measure('access line, pino without redaction, discarded', () => bare.info({ ...fields }, 'request'))
  measure('access line, pino with redact paths to depth 3', () => redacting.info({ ...fields }, 'request'))
  measure('access line, ours, any depth, written to /dev/null', () => ours.info({ ...fields }, 'request'))
  measure('  redactLine alone', () => redactLine(line))
  measure('line below the log level', () => ours.debug({ ...fields }, 'request'))
  ours.close()
}

function metrics(): void {
  const labelNames = ['method', 'route', 'status']
  const registers = [new Registry()]
  const counter = new Counter({ name: 'c', help: 'c', labelNames, registers }).labels('GET', fields.route, '2xx')
  const histogram = new Histogram({ name: 'h', help: 'h', labelNames, registers }).labels('GET', fields.route, '2xx')
  measure('prom-client counter, bound', () => counter.inc())
  measure('prom-client histogram, bound', () => histogram.observe(0.0042))
  const ours = createMetrics({ processMetrics: false })
  const count = ours.counter({ name: 'octet_c_total', help: 'c' }).with()
  const seconds = ours.histogram({ name: 'octet_h_seconds', help: 'h' }).with()
  const http = observeHttp(ours)
  measure('our counter', () => count.add())
  measure('our histogram', () => seconds.observe(0.0042))
  measure('observeHttp: counter and histogram by route', () => http.observe('GET', fields.route, 200, 4.2))
}

function spans(): void {
  const ours = createTracer()
  measure('three nested spans, two attributes', () => {
    const root = ours.startSpan('GET /api/v1/links/:id', undefined, 'server')
    const operation = ours.startSpan('links.getLink', root)
    const query = ours.startSpan('links.byId', operation, 'client')
    query.set('rows', 1)
    query.end()
    operation.end()
    root.set('status', 200)
    root.end()
  })
  measure('traceparent in', () => parseTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'))
  measure('one span with traceparent out', () => {
    const root = ours.startSpan('GET /api/v1/links/:id')
    root.traceparent()
    root.end()
  })
}

function wholeRequest(): void {
  const log = createLog({ level: 'info', destination: '/dev/null' })
  const tracer = createTracer()
  const http = observeHttp(createMetrics({ processMetrics: false }))
  measure('a request: 3 spans, traceparent out, metrics, access line', () => {
    const root = tracer.startSpan('GET /api/v1/links/:id', undefined, 'server')
    const operation = tracer.startSpan('links.getLink', root)
    tracer.startSpan('links.byId', operation, 'client').end()
    operation.end()
    root.traceparent()
    root.end()
    http.observe('GET', fields.route, 200, 1.23)
    log.info({ ...fields, traceId: root.traceId }, 'request')
  })
  log.close()
}

console.log(`${'ns per call'.padEnd(58)} ${'best'.padStart(6)} ${'middle'.padStart(6)}`)
logs()
metrics()
spans()
wholeRequest()
