import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createLimiter } from '@octet/cache'
import { type Authenticate, access, anonymous, commonProblem } from '@octet/contracts'
import { createLog, createMetrics, createTracer, observeHttp } from '@octet/observe'
import { defer, type Test } from '@octet/testkit'
import {
  addressKey,
  addressOf,
  addressPrefix,
  createHttpApp,
  drainHttp,
  type HttpApp,
  identify,
  sessionCookieName,
} from '../src/index.ts'

const origin = 'http://localhost:3000'
const userId = '019a0000-0000-7000-8000-000000000000'

interface Opened {
  readonly app: HttpApp
  readonly logLines: string[]
}

function open(t: Test, options: { trustedProxies?: number } = {}): Opened {
  const logLines: string[] = []
  const authenticate: Authenticate = credential => {
    if (credential.kind === 'bearer' && credential.token !== 'good') throw commonProblem('unauthenticated')
    if (credential.kind === 'cookie' && credential.value !== 'good') return anonymous
    return { kind: 'user', userId, sessionId: userId, roles: ['user'], scopes: '*', provenAtMs: Date.now() }
  }
  const settings = {
    log: createLog({ level: 'info', destination: { write: (line: string) => void logLines.push(line) } }),
    metrics: observeHttp(createMetrics({ processMetrics: false })),
    tracer: createTracer(),
    limiter: createLimiter(),
    authenticate,
    origin,
    allowedOrigins: [],
    cookieName: sessionCookieName(origin),
    trustedProxies: options.trustedProxies ?? 0,
  }
  const app = createHttpApp(settings)
  defer(t, () => app.close())
  const config = { access: access.anyone }
  app.route({ method: ['GET', 'POST'], url: '/who', config, handler: async request => identify(settings, request) })
  app.post('/echo', { config }, async request => ({ body: request.body ?? null }))
  app.get('/fail', { config }, async () => {
    throw new Error('the inside: select secret from users')
  })
  app.get('/address', { config }, async request => ({ address: addressOf(request) }))
  return { app, logLines }
}

test('every answer carries a request id: the client’s own when it is harmless, else a new one', async t => {
  const { app } = open(t)
  const given = await app.inject({ url: '/address', headers: { 'x-request-id': 'abc-12345678' } })
  assert.equal(given.headers['x-request-id'], 'abc-12345678')
  for (const id of ['short', 'a'.repeat(65), 'new\nline-12345', '<script>alert(1)</script>']) {
    const answer = await app.inject({ url: '/nowhere', headers: { 'x-request-id': id } })
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/)
    assert.equal(answer.json().requestId, answer.headers['x-request-id'])
  }
})

test('a failure reveals only its id, and the log has the details under that id', async t => {
  const { app, logLines } = open(t)
  const answer = await app.inject('/fail')
  assert.equal(answer.statusCode, 500)
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
  assert.doesNotMatch(answer.body, /select|inside|\.ts/)
  const line = logLines.find(text => text.includes('select secret'))
  assert.ok(line?.includes(answer.json().requestId))
})

test('an unreadable request is refused with a specific problem', async t => {
  const { app } = open(t)
  const post = (payload: string | undefined, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/echo', payload, headers })
  const json = { 'content-type': 'application/json' }
  const cases: [string | undefined, Record<string, string>, number, string][] = [
    ['{"a":', json, 400, 'validation-failed'],
    ['{"__proto__":{"a":1}}', json, 400, 'validation-failed'],
    ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['plain', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    [JSON.stringify('x'.repeat(300_000)), json, 413, 'payload-too-large'],
  ]
  for (const [payload, headers, status, code] of cases) {
    const answer = await post(payload, headers)
    assert.deepEqual([answer.statusCode, answer.json().code], [status, code], payload?.slice(0, 30))
  }
  assert.deepEqual((await post('', json)).json(), { body: null })
  assert.equal((await app.inject('/%')).statusCode, 404)
  assert.equal((await app.inject('//address')).statusCode, 404)
  assert.equal((await app.inject('/./address/../nowhere')).statusCode, 404)
})

test('a bearer token overrides the cookie, and an invalid one is always refused', async t => {
  const { app } = open(t)
  const who = async (headers: Record<string, string>) => {
    const answer = await app.inject({ url: '/who', headers })
    return answer.statusCode === 200 ? answer.json().kind : answer.statusCode
  }
  assert.equal(await who({}), 'anonymous')
  assert.equal(await who({ cookie: 'a=b; oct=good; c=d' }), 'user')
  assert.equal(await who({ cookie: 'oct=stale' }), 'anonymous')
  assert.equal(await who({ cookie: 'xoct=good' }), 'anonymous')
  assert.equal(await who({ authorization: 'Bearer good', cookie: 'oct=stale' }), 'user')
  assert.equal(await who({ authorization: 'Bearer bad', cookie: 'oct=good' }), 401)
  assert.equal(await who({ authorization: 'Basic abc', cookie: 'oct=good' }), 401)
  assert.equal(await who({ authorization: `Bearer ${'a'.repeat(10_000)}` }), 401)
})

test('another site cannot make a browser change anything', async t => {
  const { app } = open(t)
  const post = async (headers: Record<string, string>) =>
    (await app.inject({ method: 'POST', url: '/who', headers })).statusCode
  const cookie = 'oct=good'
  assert.equal(await post({ cookie, 'sec-fetch-site': 'same-origin' }), 200)
  assert.equal(await post({ cookie, 'sec-fetch-site': 'none' }), 200)
  assert.equal(await post({ cookie, origin }), 200, 'an older browser')
  assert.equal(await post({}), 200, 'a program')
  assert.equal(
    await post({ authorization: 'Bearer good', 'sec-fetch-site': 'cross-site' }),
    200,
    'no site can send a bearer token',
  )
  for (const headers of [
    { cookie, 'sec-fetch-site': 'cross-site' },
    { cookie, 'sec-fetch-site': 'same-site' },
    { cookie, 'sec-fetch-site': 'cross-site', origin },
    { cookie, origin: 'https://evil.example' },
    { cookie, origin: 'null' },
    { cookie },
    { 'sec-fetch-site': 'cross-site' }, // signing a visitor in to the attacker's account
  ]) {
    assert.equal(await post(headers as Record<string, string>), 403, JSON.stringify(headers))
  }
  const read = await app.inject({ url: '/who', headers: { cookie, 'sec-fetch-site': 'cross-site' } })
  assert.equal(read.statusCode, 200, 'following a link is not an attack')
})

test('X-Forwarded-For is trusted for exactly the configured number of proxies', async t => {
  const address = async (trustedProxies: number, forwarded: string) => {
    const { app } = open(t, { trustedProxies })
    const answer = await app.inject({
      url: '/address',
      headers: { 'x-forwarded-for': forwarded },
      remoteAddress: '192.0.2.1',
    })
    return answer.json().address
  }
  assert.equal(await address(0, '1.2.3.4'), '192.0.2.1')
  assert.equal(await address(1, '6.6.6.6, 1.2.3.4'), '1.2.3.4')
  assert.equal(await address(2, '6.6.6.6, 1.2.3.4, 10.0.0.1'), '1.2.3.4')
})

test('an address key covers what one party controls, in every notation', () => {
  for (const [address, key, prefix] of [
    ['203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0DB8:0001:0002::9'.toLowerCase(), '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ] as const) {
    assert.deepEqual([addressKey(address), addressPrefix(address)], [key, prefix], address)
  }
})

test('draining answers requests under way, then closes keep-alive sockets', async t => {
  const { app } = open(t)
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  app.get('/slow', { config: { access: access.anyone } }, async () => {
    entered.resolve()
    await release.promise
    return { done: true }
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const idle = connect(Number(new URL(address).port), '127.0.0.1')
  const idleClosed = new Promise(resolve => idle.once('close', resolve))
  idle.write('GET /address HTTP/1.1\r\nhost: x\r\n\r\n')
  await new Promise(resolve => idle.once('data', resolve))
  const slow = fetch(`${address}/slow`)
  await entered.promise
  const drained = drainHttp(app, 5_000)
  await idleClosed
  release.resolve()
  assert.deepEqual(await (await slow).json(), { done: true })
  const startedMs = performance.now()
  await drained
  assert.ok(performance.now() - startedMs < 2_000, 'the exit does not wait for the keep-alive time')
})

test('a request that never ends delays the exit by the deadline at most', async t => {
  const { app } = open(t)
  const entered = Promise.withResolvers<void>()
  app.get('/stuck', { config: { access: access.anyone } }, () => {
    entered.resolve()
    return new Promise(() => undefined)
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const stuck = fetch(`${address}/stuck`)
  stuck.catch(() => undefined)
  await entered.promise
  await drainHttp(app, 100)
  await assert.rejects(stuck)
})
