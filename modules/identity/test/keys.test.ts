import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from '@octet/contracts'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { openSigningKeys } from '../src/signing-keys.ts'
import { heldUp, makeRegistration, openIdentity, signUp, stateOf } from './make.ts'

test('anyone can verify an access token by the published keys, which hold nothing private', async t => {
  const app = await openIdentity(t)
  const { accessToken, user } = await signUp(app)
  const reply = await app.http.inject('/.well-known/jwks.json')
  assert.equal(reply.statusCode, 200)
  assert.match(String(reply.headers['content-type']), /json/)
  const { keys } = reply.json()
  assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet({ keys }), { audience: 'octet', typ: 'at+jwt' })
  assert.deepEqual([payload.sub, payload.iss, payload.roles, payload.scope], [user.id, 'octet', ['user'], '*'])
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300)
})

test('processes that start together on an empty database agree on one key', async t => {
  const app = await openIdentity(t)
  const db = app.db('identity')
  await db.sql`delete from signing_keys`
  const lock = { lock: 'lock table signing_keys in share mode', waiters: 4 }
  const opened = await heldUp(app, lock, () => {
    return Promise.all(Array.from({ length: 4 }, () => openSigningKeys(db as never, Date.now)))
  })
  assert.equal(new Set(opened.map(keys => keys.current().kid)).size, 1)
  assert.equal((await db.sql`select 1 from signing_keys`).length, 1)
})

test('a token of one process is good in another', async t => {
  const app = await openIdentity(t)
  const there = await openIdentity(t, { sharing: app })
  const { caller, user, refreshToken } = await signUp(app)
  assert.deepEqual(await there.client(identity, caller).getMe({}), user)
  const next = await there.client(identity).refresh({ refreshToken })
  assert.deepEqual(await app.client(identity, { token: next.accessToken }).getMe({}), user)
})

test('a token by a key added elsewhere since is good, and unknown ids do not drive the database', async t => {
  const app = await openIdentity(t)
  const db = app.db('identity')
  const { user, accessToken } = await signUp(app)
  const oldKid = decodeProtectedHeader(accessToken).kid
  await db.sql`update signing_keys set retired_at = clock_timestamp()`
  const there = await openIdentity(t, { sharing: app }) // makes a key of its own
  const { accessToken: byNewKey } = await there.client(identity).login({
    login: user.username,
    password: makeRegistration().password,
  })
  assert.notEqual(decodeProtectedHeader(byNewKey).kid, oldKid)
  app.nowMs += 10_001
  await stateOf(app).revocations.poll()
  await app.client(identity, { token: byNewKey }).getMe({})
  await app.client(identity, { token: accessToken }).getMe({})
  await there.client(identity, { token: accessToken }).getMe({}) // retired, still verifies
  const { signingKeys } = stateOf(app)
  await db.sql`delete from signing_keys where kid = ${oldKid ?? ''}`
  for (let ask = 0; ask < 5; ask++) assert.equal(await signingKeys.find('unknown'), undefined)
  assert.notEqual(await signingKeys.find(oldKid ?? ''), undefined, 'the table was not read again within ten seconds')
})
