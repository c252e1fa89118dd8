import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { createSecrets, newSecretKey } from '@octet/secrets'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { openSigningKeys, rotateKeys } from '../src/sessions/signing-keys.ts'
import { contextOf, heldUp, makeRegistration, openIdentity, signUp, stateOf } from './make.ts'

test('access tokens can be verified with the published keys, which hold no private part', async t => {
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

test('processes that start together on an empty database share one key', async t => {
  const app = await openIdentity(t)
  const db = app.db('identity')
  await db.sql`delete from signing_keys`
  const lock = { lock: 'lock table signing_keys in share mode', waiters: 4 }
  const opened = await heldUp(app, lock, () => {
    return Promise.all(Array.from({ length: 4 }, () => openSigningKeys({ ...contextOf(app), db: db as never })))
  })
  assert.equal(new Set(opened.map(keys => keys.current().kid)).size, 1)
  assert.equal((await db.sql`select 1 from signing_keys`).length, 1)
})

test('a token of one process is valid in another', async t => {
  const app = await openIdentity(t)
  const there = await openIdentity(t, { sharing: app })
  const { caller, user, refreshToken } = await signUp(app)
  assert.deepEqual(await there.client(identity, caller).getMe({}), user)
  const next = await there.client(identity).refresh({ refreshToken })
  assert.deepEqual(await app.client(identity, { token: next.accessToken }).getMe({}), user)
})

test('a token with a key added by another process is valid, and unknown key ids do not load the database', async t => {
  const app = await openIdentity(t)
  const db = app.db('identity')
  const { user, accessToken } = await signUp(app)
  const oldKid = decodeProtectedHeader(accessToken).kid
  await db.sql`update signing_keys set retired_at = clock_timestamp(), private_sealed = null`
  const there = await openIdentity(t, { sharing: app }) // creates its own key
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

test('the next key is published a day before it signs, and the previous one is retired once replaced', async t => {
  const app = await openIdentity(t)
  const there = await openIdentity(t, { sharing: app })
  const { db, secrets, signingKeys } = contextOf(app)
  const { sql } = db
  const rotate = () => rotateKeys(db, secrets)
  const kids = async (on = app) => {
    await stateOf(on).signingKeys.reload()
    return { signs: stateOf(on).signingKeys.current().kid, published: stateOf(on).signingKeys.published().length }
  }
  const age = (hours: number) => sql`update signing_keys set not_before = not_before - make_interval(hours => ${hours})`
  const first = signingKeys.current().kid
  const old = await signUp(app)
  assert.deepEqual(await rotate(), { made: false, retired: 0 })
  await age(29 * 24)
  assert.deepEqual(
    [await rotate(), await rotate()],
    [
      { made: true, retired: 0 },
      { made: false, retired: 0 },
    ],
  )
  assert.deepEqual([await kids(), await kids(there)], Array(2).fill({ signs: first, published: 2 }))
  await age(24)
  const { signs: second } = await kids()
  assert.notEqual(second, first)
  assert.deepEqual(await rotate(), { made: false, retired: 0 }, 'other processes may not have reloaded yet')
  await age(1)
  assert.deepEqual(await rotate(), { made: false, retired: 1 })
  assert.deepEqual(await kids(there), { signs: second, published: 2 })
  assert.equal((await there.request(identity, 'getMe', {}, old.caller)).status, 200, 'sessions stayed valid')
  const [gone] = await sql`select private_jwk, private_sealed from signing_keys where kid = ${first}`
  assert.deepEqual({ ...gone }, { private_jwk: null, private_sealed: null })
  await sql`update signing_keys set retired_at = retired_at - interval '2 hours' where kid = ${first}`
  assert.deepEqual(await kids(), { signs: second, published: 1 })
})

test('ten processes that rotate concurrently create one key', async t => {
  const app = await openIdentity(t)
  const { db, secrets } = contextOf(app)
  await db.sql`update signing_keys set not_before = not_before - interval '29 days'`
  const made = await Promise.all(Array.from({ length: 10 }, () => rotateKeys(db, secrets)))
  assert.equal(made.filter(rotation => rotation.made).length, 1)
})

test('an unsealed key and its sessions keep working, and the key is sealed on first use', async t => {
  const app = await openIdentity(t)
  const { sql } = app.db('identity')
  const { secrets } = contextOf(app)
  const person = await signUp(app)
  const [row] = await sql<{ kid: string; private_sealed: Buffer }[]>`select kid, private_sealed from signing_keys`
  assert.ok(row !== undefined)
  const plain = JSON.parse(secrets.open(row.private_sealed, `identity signing key ${row.kid}`).toString())
  await sql`update signing_keys set private_jwk = ${sql.json(plain)}, private_sealed = null`
  const { sid } = decodeJwt(person.accessToken) as { sid: string }
  const [session] = await sql<{ refresh_key: Buffer }[]>`select refresh_key from sessions where id = ${sid}`
  const refreshKey = secrets.open(session?.refresh_key ?? Buffer.alloc(0), `refresh key ${sid}`)
  await sql`update sessions set refresh_key = ${refreshKey} where id = ${sid}`
  const there = await openIdentity(t, { sharing: app })
  assert.equal((await there.request(identity, 'getMe', {}, person.caller)).status, 200)
  await there.client(identity).refresh({ refreshToken: person.refreshToken })
  const [after] = await sql`select private_jwk from signing_keys`
  assert.equal(after?.private_jwk, null)
})

test('a copy of the database does not suffice to forge access tokens, refresh tokens or audit seals', async t => {
  const app = await openIdentity(t)
  const { accessToken, caller, client } = await signUp(app)
  assert.equal((await app.request(identity, 'getMe', {}, caller)).status, 200)
  await client.createApiKey({ name: 'x', scopes: ['account:read'] })
  const { secrets, db, auditKey } = contextOf(app)
  const tables = await db.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'identity'`
  let dump = ''
  for (const { name } of tables) {
    const rows = await db.sql<{ line: string }[]>`select t::text as line from ${db.sql(name)} as t`
    dump += rows.map(({ line }) => line).join('\n')
  }
  const [key] = await db.sql<{ kid: string; private_sealed: Buffer }[]>`select kid, private_sealed from signing_keys`
  const [session] = await db.sql<{ id: string; refresh_key: Buffer }[]>`select id, refresh_key from sessions`
  assert.ok(key !== undefined && session !== undefined)
  const { d } = JSON.parse(secrets.open(key.private_sealed, `identity signing key ${key.kid}`).toString())
  const refreshKey = secrets.open(session.refresh_key, `refresh key ${session.id}`)
  for (const secret of [Buffer.from(d, 'base64url'), refreshKey, auditKey]) {
    for (const form of ['hex', 'base64', 'base64url'] as const) assert.ok(!dump.includes(secret.toString(form)))
  }
  assert.ok(dump.includes(key.kid) && !dump.includes('"d"') && !dump.includes(accessToken))
  assert.throws(() => createSecrets([newSecretKey()]).open(key.private_sealed, `identity signing key ${key.kid}`))
})
