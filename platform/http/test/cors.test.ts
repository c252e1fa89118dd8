import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { type Authenticate, access, anonymous, apiPrefix, closed, defineContract, operation } from '@octet/contracts'
import { defineModule } from '@octet/kernel'
import { defer, type Test, testApp } from '@octet/testkit'
import { Type } from 'typebox'
import { bareApp } from './bare-app.ts'

const front = 'https://front.example'
const stranger = 'https://stranger.example'
const userId = '019a0000-0000-7000-8000-000000000000'

/** Answers with the caller that the server recognizes. */
function whoOperation<const HandledBy extends 'kernel' | 'module'>(http: `POST /${string}`, handledBy: HandledBy) {
  return operation({
    summary: 'who',
    http,
    handledBy,
    access: access.anyone,
    input: closed({}),
    output: closed({ kind: Type.String() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 1_000,
  })
}

const contract = defineContract({
  name: 'who',
  problems: {},
  operations: { ask: whoOperation('POST /who', 'kernel'), askInBrowser: whoOperation('POST /who/web', 'module') },
  events: {},
})

const authenticate: Authenticate = credential =>
  credential.kind === 'none'
    ? anonymous
    : { kind: 'user', userId, sessionId: userId, roles: ['user'], scopes: '*', provenAtMs: 0 }

const whoModule = defineModule({
  contract,
  calls: [],
  migrations: new URL('../../runtime/test/sample-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it only says who calls' },
  open: async () => ({}),
  operations: { ask: async ({ actor }) => ({ kind: actor.kind }) },
  routes({ operation: handle }) {
    handle('askInBrowser', async ({ actor }, _input, { reply }) => {
      reply.header('set-cookie', 'oct=good')
      return { kind: actor.kind }
    })
  },
  authenticate: () => authenticate,
})

async function open(t: Test, allowedOrigins: readonly string[] = [front]) {
  const { http } = await testApp(t, { modules: [whoModule], allowedOrigins })
  const post = async (path: string, headers: Record<string, string>) => {
    const answer = await http.inject({ method: 'POST', url: `${apiPrefix}${path}`, headers })
    return { status: answer.statusCode, kind: answer.json().kind, headers: answer.headers }
  }
  await http.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.server.address() as AddressInfo
  // `fetch` refuses to send these headers.
  const preflight = async (origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    }
    const asked = request({ port, method: 'OPTIONS', path: `${apiPrefix}/who`, headers }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    return { status: answer.statusCode, headers: answer.headers }
  }
  return { http, post, preflight }
}

const bearer = { authorization: 'Bearer good' }
const cookie = { cookie: 'oct=good' }

test('a configured origin calls with a bearer token and may read the answer and its headers', async t => {
  const { post } = await open(t)
  const { status, kind, headers } = await post('/who', { ...bearer, origin: front, 'sec-fetch-site': 'cross-site' })
  assert.deepEqual([status, kind], [200, 'user'])
  assert.equal(headers['access-control-allow-origin'], front)
  for (const name of ['ratelimit-remaining', 'retry-after', 'etag', 'x-request-id', 'location']) {
    assert.ok(String(headers['access-control-expose-headers']).includes(name), name)
  }
  assert.match(String(headers.vary), /Origin/)
})

test('a preflight of a configured origin is answered before routing, and browsers may cache it', async t => {
  const { preflight } = await open(t)
  const { status, headers } = await preflight(front)
  assert.equal(status, 204)
  assert.equal(headers['access-control-allow-origin'], front)
  assert.match(String(headers['access-control-allow-headers']), /authorization.*idempotency-key/)
  assert.match(String(headers['access-control-allow-methods']), /PATCH/)
  assert.equal(headers['access-control-max-age'], '7200')
  assert.match(String(headers.vary), /Origin/)
})

test('other origins may read nothing, with or without configured origins', async t => {
  for (const { post, preflight } of [await open(t), await open(t, [])]) {
    for (const origin of [stranger, 'null', `${front}.evil.example`, 'http://front.example']) {
      const { headers } = await post('/who', { ...bearer, origin })
      assert.equal(headers['access-control-allow-origin'], undefined, origin)
      const refused = await preflight(origin)
      assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [404, undefined], origin)
    }
  }
})

test('answers never allow credentials, and cookies of other origins do not authenticate', async t => {
  const { http, post, preflight } = await open(t)
  const withCookie = await post('/who', { ...cookie, origin: front, 'sec-fetch-site': 'same-site' })
  assert.deepEqual([withCookie.status, withCookie.kind], [200, 'anonymous'])
  assert.equal((await post('/who', { ...cookie, origin: stranger, 'sec-fetch-site': 'same-site' })).status, 403)
  assert.equal((await post('/who', { ...cookie, 'sec-fetch-site': 'same-origin' })).kind, 'user', 'our own page')
  const answers = [await preflight(front), await http.inject({ url: '/nowhere', headers: { origin: front } })]
  for (const { headers } of [...answers, withCookie]) {
    assert.equal(headers['access-control-allow-credentials'], undefined)
  }
})

test('a page of another origin signs in without a cookie, and never by an operation that sets one', async t => {
  const { post } = await open(t)
  const headers = { origin: front, 'sec-fetch-site': 'cross-site' }
  assert.deepEqual((await post('/who', headers)).kind, 'anonymous')
  assert.equal((await post('/who/web', headers)).status, 403)
  assert.equal((await post('/who/web', { ...headers, ...cookie })).status, 403)
  assert.equal((await post('/who', { ...headers, origin: stranger })).status, 403)
})

test('a configured origin can read the refusal of a concurrency gate', async t => {
  const { app } = bareApp(undefined, { allowedOrigins: [front] })
  const entered = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  defer(t, async () => {
    finish.resolve()
    await app.close()
  })
  app.post('/costly', { config: { access: access.anyone } }, async () => {
    entered.resolve()
    await finish.promise
    return {}
  })
  app.addConcurrencyGate({ paths: ['/costly'], runningMax: 1, waitingMax: 0, waitMsMax: 1 })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/costly`
  const json = { 'content-type': 'application/json', origin: front }
  const first = fetch(url, { method: 'POST', headers: json, body: '{}' })
  await entered.promise
  const refused = await fetch(url, { method: 'POST', headers: json, body: '{}' })
  assert.equal(refused.status, 503)
  assert.equal(refused.headers.get('access-control-allow-origin'), front)
  finish.resolve()
  assert.equal((await first).status, 200)
})

test('a socket from a configured origin opens without its cookie; one from any other origin is refused', async t => {
  const { app } = bareApp(undefined, { allowedOrigins: [front] })
  defer(t, () => app.close())
  app.addUpgradeRoute({
    path: '/live',
    accept: ({ socket, credential }) => void socket.end(`HTTP/1.1 101 x\r\n\r\n${credential.kind}`),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const upgrade = (origin: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.on('error', reject).on('data', chunk => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      const lines = ['GET /live HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket', `origin: ${origin}`]
      socket.write(`${[...lines, 'cookie: oct=good'].join('\r\n')}\r\n\r\n`)
    })
  assert.match(await upgrade('http://localhost:3000'), /101 x\r\n\r\ncookie$/)
  assert.match(await upgrade(front), /101 x\r\n\r\nnone$/)
  assert.match(await upgrade(stranger), /^HTTP\/1\.1 403/)
})

test('HSTS is sent on the installation’s own host, and only when its address is https', async t => {
  const hsts = async (origin: string, host: string) => {
    const { app } = bareApp(undefined, { origin })
    defer(t, () => app.close())
    return (await app.inject({ url: '/', headers: { host } })).headers['strict-transport-security']
  }
  assert.equal(await hsts('https://octet.example', 'octet.example'), 'max-age=31536000')
  assert.equal(await hsts('https://octet.example', 'own-domain.example'), undefined)
  assert.equal(await hsts('http://octet.example', 'octet.example'), undefined)
})
