import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplePeople } from '@octet/contracts/examples'
import { identity, type Me } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { createSetupToken, setupNeeded } from '../src/module.ts'
import { browser, cookieIn, fromOurPage, heldUp, makeRegistration, openIdentity, signUp } from './make.ts'

function setUp(app: TestApp, token: string, change: object = {}) {
  return app.request(identity, 'webSetup', { ...makeRegistration(), token, ...change }, { headers: fromOurPage })
}

async function newToken(app: TestApp): Promise<string> {
  const token = await createSetupToken({ db: app.db('identity') })
  if (token === undefined) throw new Error('there is an administrator already')
  return token
}

test('the set-up link creates and signs in the first administrator, and no further links are issued', async t => {
  const app = await openIdentity(t)
  const db = app.db('identity')
  await signUp(app) // ordinary accounts do not end the set-up
  assert.deepEqual(await app.client(identity).getSetup({}), { needed: true })
  const { status, headers, body } = await setUp(app, await newToken(app), { username: 'admin', examples: false })
  assert.equal(status, 201)
  const me = body as Me
  assert.deepEqual([me.username, me.roles], ['admin', ['user', 'admin']])
  await app.client(identity, browser(cookieIn(headers))).listUsers({})
  const events = await db.sql`select event, data from outbox where data->>'userId' = ${me.id} order by id`
  assert.deepEqual(
    [...events],
    [
      { event: 'user-registered', data: { userId: me.id } },
      { event: 'owner-created', data: { userId: me.id, examples: false } },
    ],
  )
  assert.deepEqual(await app.client(identity).getSetup({}), { needed: false })
  assert.equal(await setupNeeded({ db }), false)
  assert.equal(await createSetupToken({ db }), undefined)
})

test('an unknown, used or expired link is refused, and a refused registration does not use it up', async t => {
  const app = await openIdentity(t)
  const { sql } = app.db('identity')
  const invalid = { code: 'identity.setup-token-invalid', status: 403 }
  const isInvalid = async (token: string) => {
    const { status, body } = await setUp(app, token)
    assert.deepEqual({ status, code: (body as { code: string }).code }, invalid)
  }
  await isInvalid('nonsense')
  const expired = await newToken(app)
  await sql`update setup_tokens set expires_at = clock_timestamp()`
  await isInvalid(expired)
  const { registration } = await signUp(app)
  const token = await newToken(app)
  assert.equal((await setUp(app, token, { username: registration.username })).status, 409)
  assert.equal((await setUp(app, token, { username: 'x' })).status, 400)
  assert.equal((await setUp(app, token, { roles: ['admin'] })).status, 400)
  assert.equal(
    (
      await app.request(
        identity,
        'webSetup',
        { ...makeRegistration(), token },
        { headers: { 'sec-fetch-site': 'cross-site' } },
      )
    ).status,
    403,
  )
  assert.equal((await setUp(app, token)).status, 201)
  await isInvalid(token)
  const kept = await sql`
    select 1 from setup_tokens
    where token_hash = ${Buffer.from(token)} or token_hash = ${Buffer.from(token, 'base64url')}`
  assert.equal(kept.length, 0, 'only a hash is kept')
})

test('20 concurrent uses of one link create one administrator', async t => {
  const app = await openIdentity(t)
  const token = await newToken(app)
  const answers = await Promise.all(Array.from({ length: 20 }, () => setUp(app, token)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  const others = new Set(answers.map(({ status }) => status).filter(status => status !== 201))
  others.delete(503) // on a slow machine
  assert.deepEqual(others, new Set([403]))
  assert.equal(await adminsOf(app), 1)
})

test('concurrent uses of several links create one administrator', async t => {
  const app = await openIdentity(t)
  const tokens = [await newToken(app), await newToken(app), await newToken(app)]
  // Held before the account is written, when both have found no administrator.
  const lock = { lock: 'lock table users in share mode', waiters: tokens.length }
  const answers = await heldUp(app, lock, () => Promise.all(tokens.map(token => setUp(app, token))))
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  assert.equal(await adminsOf(app), 1)
})

async function adminsOf(app: TestApp): Promise<number> {
  const [row] = await app.db('identity').sql<{ admins: number }[]>`
    select count(*)::int as admins from users where 'admin' = any(roles)`
  return row?.admins ?? 0
}

test('example people cannot sign in and are deleted when the first administrator declines them', async t => {
  const app = await openIdentity(t)
  await app.runtime.seedDemo()
  const { id, username, displayName } = examplePeople.mira
  const { caller } = await signUp(app)
  const profile = () => app.request(identity, 'getProfile', { username }, caller)
  assert.deepEqual(pick(await profile()), { id, displayName })
  const guess = await app.request(identity, 'login', { login: username, password: '' })
  assert.ok(guess.status === 400 || guess.status === 401)
  await setUp(app, await newToken(app), { examples: false })
  assert.equal((await profile()).status, 404)
})

function pick({ body }: { body: unknown }) {
  const { id, displayName } = body as { id: string; displayName: string }
  return { id, displayName }
}
