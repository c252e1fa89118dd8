import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { access, commonProblem } from '@octet/contracts'
import { defer, getRequest, openRawConnection, type Test } from '@octet/testkit'
import { type BodilessAnswer, bodilessAnswer, drainHttp, type FastPath, headerOf } from '../src/index.ts'
import { bareApp } from './bare-app.ts'

/** An app whose `/s/:code` answers `known` on the fast path, and everything else on the ordinary route. */
async function open(t: Test, take: FastPath['take']) {
  const logLines: string[] = []
  const { app, metrics } = bareApp(line => void logLines.push(line))
  defer(t, () => app.close())
  const ordinary: string[] = []
  app.route<{ Params: { code: string } }>({
    method: ['GET', 'HEAD'],
    url: '/s/:code',
    config: { access: access.anyone, quiet: true },
    handler: async (request, reply) => {
      ordinary.push(`${request.method} ${request.url}`)
      return reply.code(302).header('location', 'https://example.org/ordinary').send()
    },
  })
  app.addFastPath({ url: '/s/:code', take })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const get = (path: string, options: RequestInit = {}) => fetch(origin + path, { redirect: 'manual', ...options })
  return { app, ordinary, logLines, metrics, get }
}

const fastAnswer = bodilessAnswer(302, ['location', 'https://example.org/fast'])

function takeKnown(part: string, _request: unknown, answer: (answer: BodilessAnswer | Error) => void): boolean {
  if (part !== 'known') return false
  setImmediate(answer, fastAnswer)
  return true
}

test('a fast-path answer keeps its connection, is counted in the metrics and echoes a given request id', async t => {
  const { ordinary, metrics, get } = await open(t, takeKnown)
  const [fast, slow] = [await get('/s/known'), await get('/s/other')]
  assert.deepEqual([fast.status, fast.headers.get('location')], [302, 'https://example.org/fast'])
  assert.deepEqual(ordinary, ['GET /s/other'])
  assert.equal(fast.headers.get('connection'), slow.headers.get('connection'))
  assert.equal(fast.headers.get('x-request-id'), null, 'no log line has it')
  const named = await get('/s/known', { headers: { 'X-Request-Id': 'given-by-caller' } })
  assert.equal(named.headers.get('x-request-id'), 'given-by-caller')
  assert.match(await metrics.text(), /octet_http_requests_total\{method="GET",route="\/s\/:code",status="3xx"\} 3/)
})

test('only plain GETs reach the fast path, and requests it declines take the ordinary route', async t => {
  const seen: string[] = []
  const { ordinary, get } = await open(t, part => {
    seen.push(part)
    return false
  })
  await get('/s/known', { method: 'HEAD' })
  for (const path of ['/s/known?a=b', '/s/known/', '/s/kn%6fwn', '/s/declined']) await get(path)
  assert.equal((await get('/s/known', { method: 'POST' })).status, 404)
  assert.deepEqual(seen, ['declined'])
  assert.equal(ordinary.length, 5)
})

test('a failure on the fast path returns a problem with a request id and a retry time, and is logged', async t => {
  const { logLines, metrics, get } = await open(t, (_part, _request, answer) => {
    answer(commonProblem('unavailable', { retryAfterMs: 1_500, cause: new Error('disk on fire') }))
    return true
  })
  const answer = await get('/s/known')
  const body = (await answer.json()) as { code: string; requestId: string }
  assert.deepEqual([answer.status, body.code], [503, 'unavailable'])
  assert.equal(answer.headers.get('retry-after'), '2')
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(body.requestId, answer.headers.get('x-request-id'))
  assert.ok(logLines.some(line => line.includes('disk on fire') && line.includes(body.requestId)))
  assert.match(await metrics.text(), /route="\/s\/:code",status="5xx"\} 1/)
})

test('a draining server answers requests under way and refuses later ones', async t => {
  const held: ((answer: BodilessAnswer) => void)[] = []
  const arrived = Promise.withResolvers<void>()
  const { app } = await open(t, (_part, _request, answer) => {
    held.push(answer)
    arrived.resolve()
    return true
  })
  const statuses: number[] = []
  const closed = Promise.withResolvers<void>()
  const connection = openRawConnection({
    port: (app.server.address() as AddressInfo).port,
    onOpen: () => connection.send(getRequest('/s/known')),
    onAnswer(status) {
      statuses.push(status)
      connection.send(getRequest('/s/known'))
    },
    onClose: () => closed.resolve(),
  })
  await arrived.promise
  const drained = drainHttp(app, 2_000)
  await new Promise(resolve => setImmediate(resolve))
  held[0]?.(fastAnswer)
  await Promise.all([drained, closed.promise])
  assert.deepEqual([statuses[0], held.length], [302, 1])
  assert.ok(statuses[1] === undefined || statuses[1] === 503, String(statuses))
})

test('only a fast path with a public ordinary route is accepted', async t => {
  const { app } = await open(t, takeKnown)
  assert.throws(() => app.addFastPath({ url: '/nowhere/:id', take: takeKnown }), /not a route that anyone may call/)
})

test('headerOf ignores case and matches whole names only', () => {
  const request = { rawHeaders: ['Host', 'x', 'User-AGENT', 'curl', 'X-User-Agent', 'no'] } as never
  assert.equal(headerOf(request, 'user-agent'), 'curl')
  assert.equal(headerOf(request, 'agent'), undefined)
})
