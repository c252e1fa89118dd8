/** API keys: what they permit, what they never permit, and how fast they are revoked. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { grantableScopes } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { newApiKey, parseApiKey } from '../src/keys/api-key.ts'
import { contextOf, openIdentity, promote, signUp, signUpInBrowser, stateOf, untilStatus } from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')
const dayMs = 24 * 60 * 60_000

async function makeKey(on: TestApp = app, scopes = ['account:read']) {
  const person = await signUp(on)
  const made = await person.client.createApiKey({ name: 'deploy script', scopes })
  return { ...person, made, byKey: { token: made.key } }
}

test('a key is shown once, stored as a hash, and acts for its owner within its scopes', async () => {
  const { made, client, user, byKey, caller } = await makeKey()
  assert.match(made.key, /^oct_pat_[0-9A-Za-z]{10}_[0-9A-Za-z]{38}$/)
  assert.ok(made.key.startsWith(`${made.prefix}_`) && made.key.endsWith(made.last4))
  assert.equal(Math.round((Date.parse(made.expiresAt) - Date.parse(made.createdAt)) / dayMs), 90)
  assert.deepEqual((await app.client(identity, byKey).getMe({})).id, user.id)
  const [listed] = (await client.listApiKeys({})).data
  assert.equal(listed?.id, made.id)
  assert.ok(!('key' in (listed ?? {})))
  const denied = await app.request(identity, 'searchUsers', { q: 'per' }, byKey)
  assert.deepEqual([denied.status, (denied.body as { code: string }).code], [403, 'forbidden'])
  const secret = made.key.slice(20, 52)
  const [row] = await sql<{ line: string }[]>`select api_keys::text as line from api_keys where id = ${made.id}`
  assert.ok(row !== undefined && !row.line.includes(secret))
  assert.equal((await app.request(identity, 'searchUsers', { q: 'per' }, caller)).status, 200)
})

test('a key cannot create keys, change the account, end sessions or count as a fresh sign-in', async () => {
  const scopes = [...grantableScopes([identity]).keys()]
  assert.ok(!scopes.includes('account:write') && !scopes.includes('keys:write'))
  const { byKey, made, user } = await makeKey(app, scopes)
  const attempts = [
    app.request(identity, 'createApiKey', { name: 'child', scopes: ['account:read'] }, byKey),
    app.request(identity, 'revokeApiKey', { id: made.id }, byKey),
    app.request(identity, 'updateMe', { displayName: 'x' }, byKey),
    app.request(identity, 'logout', {}, byKey),
    app.request(identity, 'signOutOthers', {}, byKey),
    app.request(identity, 'stepUp', { password: 'x' }, byKey),
    app.request(identity, 'setUserRoles', { id: user.id, roles: ['admin'] }, byKey),
  ]
  assert.deepEqual(new Set((await Promise.all(attempts)).map(({ status }) => status)), new Set([403]))
})

test('an unknown scope is refused by name', async () => {
  const { client } = await signUp(app)
  for (const scope of ['account:write', 'keys:write', 'nothing:here', 'links:everything']) {
    await assert.rejects(client.createApiKey({ name: 'x', scopes: ['account:read', scope] }), {
      code: 'validation-failed',
      errors: [{ path: '/scopes/1', message: 'is not a known scope' }],
    })
  }
  const { scopes } = await app.client(identity).listScopes({})
  assert.ok(scopes.some(({ scope, allows }) => scope === 'account:read' && allows.includes('Your account')))
})

test('A1: a new key belongs to the caller, whatever the body says', async () => {
  const { caller } = await signUp(app)
  const victim = await signUp(app)
  for (const extra of [{ userId: victim.user.id }, { ownerId: victim.user.id }, { roles: ['admin'] }, { id: 'x' }]) {
    const input = { name: 'x', scopes: ['account:read'], ...extra }
    assert.equal((await app.request(identity, 'createApiKey', input, caller)).status, 400)
  }
  assert.equal((await victim.client.listApiKeys({})).data.length, 0)
  const { status } = await app.request(identity, 'createApiKey', { name: 'x', scopes: ['account:read'] })
  assert.equal(status, 401)
})

test('a key never has more rights than its owner has now', async () => {
  const person = await signUp(app)
  await promote(app, person.user.id)
  const made = await person.client.createApiKey({ name: 'x', scopes: ['users:read', 'account:read'] })
  const listUsers = () => app.request(identity, 'listUsers', { limit: 1 }, { token: made.key })
  assert.equal((await listUsers()).status, 200)
  const other = await signUp(app)
  await promote(app, other.user.id)
  const { accessToken } = await app.client(identity).refresh({ refreshToken: other.refreshToken })
  await app.client(identity, { token: accessToken }).setUserRoles({ id: person.user.id, roles: ['user'] })
  assert.equal((await listUsers()).status, 403)
  assert.equal((await app.request(identity, 'getMe', {}, { token: made.key })).status, 200)
})

test('a malformed key is refused without a database query, a wrong secret with one', async t => {
  const { made } = await makeKey()
  const typo = `${made.key.slice(0, 30)}${made.key[30] === 'x' ? 'y' : 'x'}${made.key.slice(31)}`
  assert.equal(parseApiKey(typo), undefined, 'the checksum sees one wrong character')
  const other = newApiKey()
  const parsed = parseApiKey(other.key)
  assert.deepEqual([parsed?.lookup, parsed?.secretHash.equals(other.secretHash)], [other.lookup, true])
  for (const token of [typo, 'oct_pat_x', 'oct_svc_abcdefghij_', other.key, `${made.key}x`]) {
    assert.equal((await app.request(identity, 'getMe', {}, { token })).status, 401, token)
  }
  assert.ok(t)
})

test('a revoked key is refused at once here, and within a second in another process', async t => {
  const there = await openIdentity(t, { sharing: app })
  const { client, made, byKey } = await makeKey()
  const ask = () => there.request(identity, 'getMe', {}, byKey)
  assert.equal((await ask()).status, 200)
  await client.revokeApiKey({ id: made.id })
  await client.revokeApiKey({ id: made.id })
  assert.equal((await app.request(identity, 'getMe', {}, byKey)).status, 401)
  t.diagnostic(`refused after ${Math.round(await untilStatus(401, 1_000, ask))} ms`)
  assert.equal((await client.listApiKeys({})).data.length, 0)
  const actions = (await client.listAudit({ limit: 3 })).data.map(({ action }) => action)
  assert.deepEqual(actions.slice(0, 2), ['key-revoked', 'key-created'])
})

test('while revocations are stale every request by key queries the database', async t => {
  const there = await openIdentity(t, { sharing: app })
  const { client, made, byKey } = await makeKey()
  const good = await makeKey()
  const ask = (caller: typeof byKey) => there.request(identity, 'getMe', {}, caller)
  for (const caller of [byKey, good.byKey]) assert.equal((await ask(caller)).status, 200)
  await stateOf(there).revocations.stop()
  await stateOf(there).revocations.poll()
  await client.revokeApiKey({ id: made.id })
  assert.equal((await ask(byKey)).status, 200, 'the dangerous window was really hit')
  there.nowMs += 5_001
  assert.equal((await ask(byKey)).status, 401)
  assert.equal((await ask(good.byKey)).status, 200)
})

test('a cached key costs no database query', async () => {
  const { byKey } = await makeKey()
  assert.equal((await app.request(identity, 'getSetup', {}, byKey)).status, 200)
  const { authenticate } = stateOf(app)
  const credential = { kind: 'bearer', token: byKey.token } as const
  assert.ok(!(authenticate(credential) instanceof Promise))
  const rounds = 20_000
  const startedMs = performance.now()
  for (let round = 0; round < rounds; round++) authenticate(credential)
  assert.ok((1_000 * (performance.now() - startedMs)) / rounds < 60, 'microseconds each')
})

test('an expired key is refused', async () => {
  const { made, byKey } = await makeKey()
  await sql`update api_keys set expires_at = clock_timestamp() where id = ${made.id}`
  assert.equal((await app.request(identity, 'getMe', {}, byKey)).status, 401)
})

test('a leaked key can be reported by anyone, and the answer reveals nothing', async () => {
  const { client, made, byKey } = await makeKey()
  assert.equal((await app.request(identity, 'getMe', {}, byKey)).status, 200)
  const wrongSecret = newApiKey().key
  for (const key of ['rubbish', wrongSecret, made.key, made.key]) {
    assert.equal((await app.request(identity, 'reportLeakedKey', { key })).status, 204)
  }
  assert.equal((await app.request(identity, 'getMe', {}, byKey)).status, 401)
  const [entry] = (await client.listAudit({ limit: 1 })).data
  assert.deepEqual([entry?.action, entry?.by, entry?.details.name], ['key-leaked', 'system', 'deploy script'])
})

test('another account’s key and a missing key get the same answer', async () => {
  const { made } = await makeKey()
  const { client } = await signUp(app)
  await assert.rejects(client.revokeApiKey({ id: made.id }), { code: 'not-found' })
})

test('the use of a key is recorded at most once a minute', async () => {
  const { client, made, byKey } = await makeKey()
  await app.client(identity, byKey).getMe({})
  await stateOf(app).keysLastSeen.flush()
  const lastUsedAt = async () => (await client.listApiKeys({})).data[0]?.lastUsedAt
  const first = await lastUsedAt()
  assert.notEqual(first, null)
  await app.client(identity, byKey).getMe({})
  await stateOf(app).keysLastSeen.flush()
  assert.equal(await lastUsedAt(), first)
  assert.ok(made.id)
})

test('an account has at most fifty keys, even under sixty concurrent requests', async () => {
  const { caller, client } = await signUp(app)
  const asked = Array.from({ length: 60 }, (_, index) => {
    return app.request(identity, 'createApiKey', { name: `key ${index}`, scopes: ['account:read'] }, caller)
  })
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  assert.equal(statuses.filter(status => status === 201).length, 50)
  assert.equal(statuses.filter(status => status === 409).length, 10)
  assert.equal((await client.listApiKeys({ limit: 100 })).data.length, 50)
})

test('a browser session can create keys, and no log line holds a key', async () => {
  const { client } = await signUpInBrowser(app)
  const { key, prefix } = await client.createApiKey({ name: 'x', scopes: ['account:read'] })
  await app.request(identity, 'getMe', {}, { token: `${key}0` })
  assert.ok(app.logLines.every(line => !line.includes(key.slice(20, 52))))
  contextOf(app).log.warn({ sent: { deep: [key] } }, `GET /x?k=${key} said no`)
  const line = app.logLines.at(-1) ?? ''
  assert.ok(line.includes(`GET /x?k=${prefix}_[redacted] said no`) && !line.includes(key.slice(20, 52)), line)
})
