/** Attacks of research/identity.md 1.10 that concern every route, also those added tomorrow. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import type { Contract } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { operationsOf } from '@octet/kernel'
import { type Test, testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const contracts = modules.map(module => module.contract as Contract)
const operations = contracts.flatMap(contract => [...operationsOf(contract).values()])
const writes = operations.filter(({ route }) => route !== undefined && /^(POST|PUT|PATCH)$/.test(route.method))

/** Properties that only the server sets; no request body may contain them. */
const ours = {
  userId: newId(),
  role: 'admin',
  roles: ['admin'],
  verified: true,
  emailVerified: true,
  ownerId: newId(),
  createdAt: '2020-01-01T00:00:00Z',
}
/** Changing roles is what the first is for; the others name whom a room's owner acts on, and what they may do there. */
const exceptions = new Set([
  'identity.setUserRoles roles',
  ...['chat.addMember userId', 'chat.changeMember userId', 'chat.changeMember role', 'chat.banMember userId'],
])

const openApp = (t: Test) => testApp(t, { modules, trustCallers: true })

test('A1: no write takes an owner, role, verification or time from its body', async t => {
  assert.ok(writes.length > 20)
  const said = writes.flatMap(({ fullName, spec }) => {
    const { properties, additionalProperties } = spec.input as { properties: object; additionalProperties?: unknown }
    const named = Object.keys(ours).filter(name => name in properties && !exceptions.has(`${fullName} ${name}`))
    return [...named.map(name => `${fullName} takes ${name}`), ...(additionalProperties === false ? [] : [fullName])]
  })
  assert.deepEqual(said, [])
  const app = await openApp(t)
  const authorization = `Bearer ${app.as(newId(), { roles: ['admin'] })}`
  for (const { fullName, route } of writes) {
    if (route === undefined) continue
    const url = route.url.replace(/:\w+/g, newId())
    const headers = { authorization, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    for (const [name, value] of Object.entries(ours)) {
      const reply = await app.http.inject({ method: route.method, url, headers, payload: { [name]: value } })
      assert.ok(reply.statusCode >= 400 && reply.statusCode < 500, `${fullName} ${name}: ${reply.statusCode}`)
    }
  }
})

test('A15: requests that fail at once get errors that hold nothing of one another', async t => {
  const app = await openApp(t)
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const requestId = `failing-request-${index}`
      const payload = { [`field${index}`]: `value ${index}` }
      const headers = { 'x-request-id': requestId, authorization: `Bearer ${app.as(newId())}` }
      const url = index % 2 === 0 ? '/api/v1/auth/login' : '/api/v1/links'
      return { index, requestId, reply: await app.http.inject({ method: 'POST', url, headers, payload }) }
    }),
  )
  for (const { index, requestId, reply } of answers) {
    assert.equal(reply.statusCode, 400)
    assert.equal(reply.json().requestId, requestId)
    const fields = new Set(reply.body.match(/(?:field|value )\d+/g))
    assert.ok(
      [...fields].every(field => field === `field${index}`),
      reply.body,
    )
  }
})

test('A16: no spelling of an address gets round who may call it', async t => {
  const app = await openApp(t)
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const address = app.http.server.address()
  assert.ok(address !== null && typeof address === 'object')
  const { port } = address
  const guarded = ['users/me', 'users', 'reports', 'auth/keys', 'links']
  const spellings = guarded.flatMap(path => [
    ...[`/api/v1/${path}`, `//api/v1/${path}`, `/./api/v1/${path}`, `/api/v1//${path}`, `/api/v1/./${path}`],
    ...[`/api/v1/x/../${path}`, `/api/v1/${path}/`, `/api/v1/${path}//`, `/api/v1/${path}%`, `/api/v1/${path}%2f`],
    ...[`/api/v1/${path};x=1`, `/API/v1/${path}`, `/api/v1/%${path.charCodeAt(0).toString(16)}${path.slice(1)}`],
    ...[`/api%2fv1/${path}`, `/api/v1/${path}%00`, `/api/v1/${path}?%`, `/api/v1/${path}#x`, `\\api\\v1\\${path}`],
    ...[`http://127.0.0.1/api/v1/${path}`, `http://evil.example/api/v1/${path}`, `/s/../api/v1/${path}`],
    ...[`/docs/..%2fapi/v1/${path}`, `/api/v1/${path}?access=anyone`],
  ])
  const statuses = await Promise.all(spellings.map(path => statusOf(port, path)))
  const through = spellings.filter((_, index) => (statuses[index] ?? 0) < 400 || (statuses[index] ?? 0) >= 500)
  assert.deepEqual(through, [])
  assert.ok(statuses.filter(status => status === 401).length >= guarded.length * 3, 'many did reach the guard')
})

async function statusOf(port: number, path: string): Promise<number> {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: 5_000 }).end()
  const [reply] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }]
  reply.resume()
  return reply.statusCode ?? 0
}

test('A17: routes, contracts and the OpenAPI document name the same operations, each with its access', async t => {
  const app = await openApp(t)
  await app.http.ready() // routes that take files come in a scope of their own, which is opened last
  const routes = app.http.routeTable.filter(({ method, url }) => url.startsWith('/api/v1/') && method !== 'HEAD')
  const inTable = new Set(routes.map(({ method, url }) => `${method} ${url}`))
  for (const { fullName, route, spec } of operations) {
    if (route === undefined) continue
    const entry = routes.find(({ method, url }) => method === route.method && url === route.url)
    assert.deepEqual(entry?.access, spec.access, fullName)
  }
  assert.ok(inTable.size === routes.length, 'no route twice')
  for (const { access, url } of app.http.routeTable) assert.ok(access?.kind, url)
})

test('A10: a caller who passed only the first factor is anonymous on every route of every module', async t => {
  const app = await testApp(t, { modules })
  const registration = { username: 'half_way', email: 'half@example.org', password: 'correct horse battery staple' }
  const { user } = await app.client(identity).register(registration)
  await app.db('identity').sql`
    insert into totp_secrets (user_id, secret, confirmed_at, last_step)
    values (${user.id}, ${Buffer.alloc(48)}, now(), 0)`
  const login = { login: registration.username, password: registration.password }
  const { status, body } = await app.request(identity, 'login', login)
  const { challenge } = (body as { data: { challenge: string } }).data
  assert.deepEqual([status, challenge.length], [401, 43])
  const guarded = app.http.routeTable.filter(({ access }) => access.kind === 'user' || access.kind === 'permission')
  assert.ok(new Set(guarded.map(({ url }) => url.split('/')[3])).size >= 4, 'routes of several modules')
  for (const { method, url } of guarded) {
    const path = url.replace(/:\w+/g, newId())
    for (const headers of [
      { authorization: `Bearer ${challenge}` },
      { cookie: `oct=${challenge}`, 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[]) {
      const { statusCode } = await app.http.inject({ method: method as 'GET', url: path, headers })
      assert.equal(statusCode, 401, `${method} ${url}`)
    }
  }
})
