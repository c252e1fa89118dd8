import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics, monitorEventLoop, observeHttp } from '../src/index.ts'

function bare() {
  return createMetrics({ processMetrics: false, cacheMs: 0 })
}

/** Maps `name{labels}` to the value. Throws on a line that violates the text format. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z0-9_]+ \S/.test(line)) continue
    const match = /^([a-z][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})?) (\S+)$/.exec(line)
    assert(match, `not a sample: ${line}`)
    assert(!samples.has(match[1]!), `twice: ${line}`)
    samples.set(match[1]!, match[2] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[2]))
  }
  return samples
}

test('the exposition is valid Prometheus text, byte for byte', async () => {
  const metrics = bare()
  const jobs = metrics.counter({ name: 'octet_jobs_total', help: 'Jobs\nfinished \\ done.', labels: ['queue', 'end'] })
  jobs.with({ queue: 'mail', end: 'say "hi"\\\n' }).add(2)
  metrics.gauge({ name: 'octet_open', help: 'Open.' }).with().set(-1.5)
  const seconds = metrics.histogram({ name: 'octet_wait_seconds', help: 'Wait.', buckets: [0.1, 1] }).with()
  for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe(value)
  assert.equal(
    await metrics.text(),
    `# HELP octet_jobs_total Jobs\\nfinished \\\\ done.
# TYPE octet_jobs_total counter
octet_jobs_total{queue="mail",end="say \\"hi\\"\\\\\\n"} 2
# HELP octet_open Open.
# TYPE octet_open gauge
octet_open -1.5
# HELP octet_wait_seconds Wait.
# TYPE octet_wait_seconds histogram
octet_wait_seconds_bucket{le="0.1"} 2
octet_wait_seconds_bucket{le="1"} 3
octet_wait_seconds_bucket{le="+Inf"} 4
octet_wait_seconds_sum 7.65
octet_wait_seconds_count 4
`,
  )
  assert.match(metrics.contentType, /^text\/plain; version=0\.0\.4/)
})

test('the same labels in any order are the same series', async () => {
  const metrics = bare()
  const family = metrics.counter({ name: 'octet_a_total', help: 'A.', labels: ['x', 'y'] })
  family.with({ x: '1', y: '2' }).add()
  family.with({ y: '2', x: '1' }).add()
  assert.deepEqual([...parse(await metrics.text())], [['octet_a_total{x="1",y="2"}', 2]])
})

test('the number of series is bounded, and the rest share one series', async () => {
  const metrics = bare()
  const family = metrics.counter({ name: 'octet_a_total', help: 'A.', labels: ['who'], seriesMax: 3 })
  for (let i = 0; i < 1_000; i++) family.with({ who: `user-${i}` }).add()
  const samples = parse(await metrics.text())
  assert.equal(samples.size, 4)
  assert.equal(samples.get('octet_a_total{who="other"}'), 997)
})

test('a taken name, an invalid name, a missing label and a decreasing counter are refused', () => {
  const metrics = createMetrics()
  const counter = metrics.counter({ name: 'octet_a_total', help: 'A.', labels: ['x'] })
  assert.throws(() => metrics.gauge({ name: 'octet_a_total', help: 'A.' }), /octet_a_total already exists/)
  assert.throws(() => metrics.gauge({ name: 'process_cpu_seconds_total', help: 'A.' }), /already/)
  assert.throws(() => metrics.gauge({ name: 'octet-b', help: 'B.' }), /metric name octet-b/)
  assert.throws(() => metrics.histogram({ name: 'octet_b', help: 'B.', labels: ['le'] }), /label le/)
  assert.throws(() => metrics.histogram({ name: 'octet_b', help: 'B.', buckets: [1, 1] }), /ascend/)
  assert.throws(() => counter.with({} as { x: string }), /needs the label x/)
  assert.throws(() => counter.with({ x: '1' }).add(-1), RangeError)
  assert.throws(() => counter.with({ x: '1' }).add(Number.NaN), RangeError)
})

test('requests are counted by route template and status class', async () => {
  const metrics = bare()
  const http = observeHttp(metrics)
  http.observe('GET', '/api/v1/links/:id', 200, 3)
  http.observe('GET', '/api/v1/links/:id', 204, 700)
  http.observe('GET', '/api/v1/links/:id', 404, 1)
  http.observe('PATCH', '/api/v1/links/:id', 999, 1)
  const samples = parse(await metrics.text())
  const labels = 'method="GET",route="/api/v1/links/:id",status="2xx"'
  assert.equal(samples.get(`octet_http_requests_total{${labels}}`), 2)
  assert.equal(samples.get(`octet_http_request_duration_seconds_bucket{${labels},le="0.0025"}`), 0)
  assert.equal(samples.get(`octet_http_request_duration_seconds_bucket{${labels},le="0.005"}`), 1)
  assert.equal(samples.get(`octet_http_request_duration_seconds_bucket{${labels},le="1"}`), 2)
  assert.equal(samples.get(`octet_http_request_duration_seconds_sum{${labels}}`), 0.703)
  assert.equal(samples.get('octet_http_requests_total{method="PATCH",route="/api/v1/links/:id",status="other"}'), 1)
})

test('clients cannot create series by inventing methods and paths', async () => {
  const metrics = bare()
  const http = observeHttp(metrics)
  for (let i = 0; i < 5_000; i++) http.observe(`M${i}`, 'unmatched', 404, 1)
  // A server that reports paths instead of templates is wrong, but it must not break the monitoring.
  for (let i = 0; i < 5_000; i++) http.observe('GET', `/path/${i}`, 200, 1)
  const text = await metrics.text()
  const samples = parse(text)
  assert.equal(samples.get('octet_http_requests_total{method="any",route="unmatched",status="4xx"}'), 5_000)
  assert.equal(samples.get('octet_http_requests_total{method="any",route="unmatched",status="2xx"}'), 4_001)
  assert.equal(text.match(/^octet_http_requests_total\{/gm)?.length, 1_001)
})

test('concurrent scrapes print once, and a scrape after the cache time prints again', async () => {
  let nowMs = 0
  const metrics = createMetrics({ processMetrics: false, cacheMs: 1_000, now: () => nowMs })
  let reads = 0
  metrics.readGauge({ name: 'octet_reads', help: 'Reads.', read: () => ++reads })
  const texts = await Promise.all(Array.from({ length: 50 }, () => metrics.text()))
  assert.equal(new Set(texts).size, 1)
  assert.equal(reads, 1)
  nowMs = 1_000
  await metrics.text()
  assert.equal(reads, 2)
})

test('a gauge that cannot be read does not hide the others', async () => {
  const metrics = bare()
  metrics.readGauge({
    name: 'octet_broken',
    help: 'Broken.',
    read: () => {
      throw new Error('no')
    },
  })
  metrics.counter({ name: 'octet_fine_total', help: 'Fine.' }).with().add()
  const samples = parse(await metrics.text())
  assert(Number.isNaN(samples.get('octet_broken')))
  assert.equal(samples.get('octet_fine_total'), 1)
})

test('the process reports its memory, file descriptors and event loop', async () => {
  const metrics = createMetrics()
  const samples = parse(await metrics.text())
  assert(samples.get('process_resident_memory_bytes')! > 1e6)
  assert(samples.get('nodejs_heap_size_used_bytes')! > 1e6)
  assert(samples.get('process_open_fds')! > 2)
  assert(samples.has('nodejs_eventloop_lag_p99_seconds'))
})

test('a blocked event loop appears in the delay, weighted by its length, and in the busy time', async () => {
  const metrics = bare()
  // Node counts no busy time before the first turn of the loop, and tests may begin earlier.
  await new Promise(resolve => setImmediate(resolve))
  const monitor = monitorEventLoop(metrics)
  try {
    const untilMs = performance.now() + 200
    while (performance.now() < untilMs);
    await new Promise(resolve => setTimeout(resolve, 1))
    const samples = parse(await metrics.text())
    const atMost = (le: string) => samples.get(`octet_event_loop_delay_seconds_bucket{le="${le}"}`)!
    // A block of 200 ms hides nine ticks, which are late by 180, 160, … and 20 ms.
    assert(atMost('0.1') - atMost('0.01') >= 4)
    assert(atMost('+Inf') - atMost('0.1') >= 4)
    assert(samples.get('octet_event_loop_busy_seconds_total')! > 0.15)
  } finally {
    monitor.close()
  }
})

test('the hits and misses of every cache are printed under its name', async () => {
  const metrics = bare()
  assert.equal(await metrics.text(), '')
  const stats = { hits: 7, loads: 2, shared: 1 }
  metrics.observeCache('links.targets', stats)
  metrics.observeCache('chat.rooms', { hits: 0, loads: 1, shared: 0 })
  stats.hits++
  assert.deepEqual(Object.fromEntries(parse(await metrics.text())), {
    'octet_cache_hits_total{cache="links.targets"}': 8,
    'octet_cache_hits_total{cache="chat.rooms"}': 0,
    'octet_cache_misses_total{cache="links.targets"}': 3,
    'octet_cache_misses_total{cache="chat.rooms"}': 1,
  })
})

test('a refresher that fails or hangs does not keep the other metrics from being printed', async () => {
  const metrics = bare()
  let calls = 0
  metrics.readGauge({ name: 'octet_fine', help: 'Fine.', read: () => calls })
  metrics.beforeText(async () => {
    throw new Error('the database is away')
  })
  metrics.beforeText(() => {
    calls++
    return new Promise(() => undefined)
  })
  assert.match(await metrics.text(), /^octet_fine 1$/m)
  assert.match(await metrics.text(), /^octet_fine 1$/m, 'a refresher that hangs was started again')
})
