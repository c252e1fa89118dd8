import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity, type Me } from '@octet/contracts/identity'
import { makeRegistration, openIdentity, password, signUp, stateOf, stretchDelays } from './make.ts'

const app = await openIdentity({ after })

// ---- register ---------------------------------------------------------------------------------------------------

test('registration answers 201 with an account that works at once', async () => {
  const registration = makeRegistration()
  const { status, body } = await app.request(identity, 'register', registration)
  assert.equal(status, 201)
  const { user, accessToken, expiresIn } = body as { user: Me; accessToken: string; expiresIn: number }
  assert.equal(expiresIn, 300)
  assert.deepEqual(
    { ...user, id: '', createdAt: '' },
    {
      id: '',
      createdAt: '',
      username: registration.username,
      displayName: registration.username,
      email: registration.email,
      emailVerified: false,
      roles: ['user'],
      bio: '',
      preferences: {},
      version: 1,
    },
  )
  assert.deepEqual(await app.client(identity, { token: accessToken }).getMe({}), user)
  const events = await app.db('identity').sql`select event, data from outbox where data->>'userId' = ${user.id}`
  assert.deepEqual([...events], [{ event: 'user-registered', data: { userId: user.id } }])
})

test('an invalid registration is refused and names every wrong field', async () => {
  const wrong = { username: 'ab', email: 'nowhere', password: 'short' }
  await assert.rejects(app.client(identity).register(wrong), error => {
    const { status, errors } = error as { status: number; errors: { path: string }[] }
    assert.equal(status, 400)
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['/email', '/password', '/username'])
    return true
  })
  const refused = async (change: object) => {
    await assert.rejects(app.client(identity).register({ ...makeRegistration(), ...change }), { status: 400 })
  }
  await refused({ username: 'аdmin' }) // Cyrillic а
  await refused({ username: 'ｂｏｂｂｙ' }) // full width
  await refused({ username: 'a\u200bdam' }) // zero width
  await refused({ email: 'nul\u0000@example.org' })
  await refused({ email: 'two\r\nbcc:x@example.org' })
  await refused({ password: 'password123' })
  await refused({ username: 'lovelace', password: 'Lovelace' })
})

test('A1: registration and profile cannot set roles, verification, ids or versions', async () => {
  const { client } = await signUp(app)
  const extras = [
    { roles: ['admin'] },
    { role: 'admin' },
    { emailVerified: true },
    { id: '019a0000-0000-7000-8000-000000000000' },
    { userId: '019a0000-0000-7000-8000-000000000000' },
    { createdAt: '2020-01-01T00:00:00Z' },
    { version: 9 },
    { accessVersion: 9 },
  ]
  for (const extra of extras) {
    await assert.rejects(app.client(identity).register({ ...makeRegistration(), ...extra }), { status: 400 })
    await assert.rejects(client.updateMe({ displayName: 'Eve', ...extra }), { status: 400 })
  }
  const { roles, version, displayName } = await client.getMe({})
  assert.deepEqual([roles, version, displayName === 'Eve'], [['user'], 1, false])
})

test('a username also reserves other cases and look-alikes, even under 20 concurrent requests', async () => {
  const names = ['William', 'wi11iam', 'WILLIAM', 'vviiliam', 'Wllliam']
  const wanted = Array.from({ length: 20 }, (_, index) => makeRegistration(names[index % names.length]))
  const answers = await Promise.all(wanted.map(registration => app.request(identity, 'register', registration)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  const codes = new Set(answers.map(({ body }) => (body as { code?: string }).code))
  codes.delete('unavailable') // on a slow machine
  assert.deepEqual(codes, new Set([undefined, 'identity.username-taken']))
  await assert.rejects(app.client(identity).register(makeRegistration('Adm1n')), { code: 'identity.username-reserved' })
})

test('registration answers alike for known and unknown addresses', async () => {
  const first = await signUp(app)
  const known = { ...makeRegistration(), email: first.registration.email.toUpperCase() }
  const { status, body } = await app.request(identity, 'register', known)
  assert.equal(status, 201)
  assert.deepEqual(Object.keys(body as object).sort(), ['accessToken', 'expiresIn', 'refreshToken', 'user'])
})

test('a verified address belongs to one account', async () => {
  const { sql } = app.db('identity')
  const [one, other] = [await signUp(app), await signUp(app)]
  await sql`update users set email_key = 'same@example.org', email_verified = true where id = ${one.user.id}`
  await sql`update users set email_key = 'same@example.org' where id = ${other.user.id}`
  await assert.rejects(async () => sql`update users set email_verified = true where id = ${other.user.id}`, {
    constraint_name: 'users_verified_email',
  })
})

test('registering again under one idempotency key gives the same account, a new session, no secret', async () => {
  const registration = makeRegistration()
  const options = { idempotencyKey: 'registration-1' }
  const { register } = app.client(identity)
  const first = await register(registration, options)
  const again = await register(registration, options)
  assert.equal(again.user.id, first.user.id)
  assert.notEqual(again.refreshToken, first.refreshToken)
  const other = { ...registration, password: 'quite another password' }
  await assert.rejects(register(other, options), { code: 'idempotency-key-reused' })
  const rows = await app.db('identity').sql<{ response: unknown; request_hash: Buffer }[]>`
    select response, request_hash from idempotency_keys where key = ${options.idempotencyKey}`
  assert.deepEqual(rows[0]?.response, { result: { userId: first.user.id } })
  const without = await app.request(
    identity,
    'register',
    { ...makeRegistration(), username: registration.username },
    options,
  )
  assert.equal(without.status, 422, 'another request under the key')
})

// ---- login ------------------------------------------------------------------------------------------------------

test('login accepts the username in any case or the address and answers 200', async () => {
  const { user, registration } = await signUp(app)
  for (const login of [registration.username, registration.username.toUpperCase(), registration.email.toUpperCase()]) {
    const { status, body } = await app.request(identity, 'login', { login, password })
    assert.equal(status, 200)
    assert.deepEqual((body as { user: Me }).user, user)
  }
})

test('an address signs in to the account that verified it, otherwise to the oldest that claims it', async () => {
  const email = 'shared@example.org'
  const first = await signUp(app, { ...makeRegistration(), email })
  const second = await signUp(app, { ...makeRegistration(), email, password: 'another password' })
  const { login } = app.client(identity)
  assert.equal((await login({ login: email, password })).user.id, first.user.id)
  await app.db('identity').sql`update users set email_verified = true where id = ${second.user.id}`
  assert.equal((await login({ login: email, password: 'another password' })).user.id, second.user.id)
})

test('login without a password is refused as invalid input', async () => {
  for (const wrong of [
    { login: 'a' },
    { login: 'a', password: '' },
    { login: '', password },
    { login: 'a', password: 1 },
  ]) {
    assert.equal((await app.request(identity, 'login', wrong)).status, 400)
  }
})

test('unknown login, wrong password and account without password get the same answer after the same work', async () => {
  const { registration } = await signUp(app)
  const passwordless = await signUp(app)
  await app.db('identity').sql`update users set password_hash = null where id = ${passwordless.user.id}`
  const attempts = [
    { login: registration.username, password: 'wrong password' },
    { login: registration.email, password: 'wrong password' },
    { login: registration.username, password: ' ' },
    { login: 'nobody_at_all', password },
    { login: 'nobody@example.org', password },
    { login: 'no\u0000body', password },
    { login: passwordless.registration.username, password },
  ]
  const answers = []
  for (const attempt of attempts) {
    const startedMs = performance.now()
    const { status, headers, body } = await app.request(identity, 'login', attempt)
    assert.ok(performance.now() - startedMs > 4, `${attempt.login}: a hash of 19 MiB takes longer on any machine`)
    const { 'x-request-id': _id, date: _date, 'content-length': _length, ...fixed } = headers
    answers.push({ status, fixed, body: { ...(body as object), requestId: '' } })
  }
  for (const answer of answers) {
    const { 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, ...fixed } = answer.fixed
    const first = answers[0] as (typeof answers)[number]
    const { 'ratelimit-remaining': _l, 'ratelimit-reset': _r, ...fixedFirst } = first.fixed
    assert.deepEqual({ ...answer, fixed }, { ...first, fixed: fixedFirst })
  }
  assert.equal(answers[0]?.status, 401)
  assert.match(JSON.stringify(answers[0]?.body), /identity.wrong-credentials/)
})

test('a password of 1 MB is refused unread, one of 3 KB without hashing', async () => {
  const { registration } = await signUp(app)
  const login = registration.username
  assert.equal((await app.request(identity, 'login', { login, password: 'x'.repeat(1_000_000) })).status, 413)
  assert.equal((await app.request(identity, 'login', { login, password: 'x'.repeat(1_025) })).status, 400)
  const wide = '€'.repeat(1_000)
  assert.equal((await app.request(identity, 'login', { login, password: wide })).status, 400)
  assert.equal((await app.request(identity, 'register', { ...makeRegistration(), password: wide })).status, 400)
})

test('a hash with an older cost is replaced at the next login', async () => {
  const { user, registration } = await signUp(app)
  const { sql } = app.db('identity')
  const old = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4' // password
  await sql`update users set password_hash = ${old} where id = ${user.id}`
  const { login } = app.client(identity)
  await login({ login: registration.username, password: 'password' })
  const [row] = await sql<{ password_hash: string }[]>`select password_hash from users where id = ${user.id}`
  assert.match(row?.password_hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  await login({ login: registration.username, password: 'password' })
})

// ---- waiting ----------------------------------------------------------------------------------------------------

test('only 11 of 30 concurrent wrong passwords are checked; then even the right one waits here', async t => {
  const app = await openIdentity(t, { trustedProxies: 1 })
  const { registration } = await signUp(app)
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const wrong = { login: registration.username, password: 'wrong password' }
  const right = { ...wrong, password }
  const verify = t.mock.method(stateOf(app).passwords, 'verify')
  const guesses = Array.from({ length: 30 }, (_, index) =>
    // The same network in different spelling is the same network.
    app.request(identity, 'login', wrong, from(`2001:db8:0:1::${index + 1}`)),
  )
  const statuses = (await Promise.all(guesses)).map(({ status }) => status)
  assert.deepEqual(
    [statuses.filter(status => status === 401).length, statuses.filter(status => status === 429).length],
    [11, 19],
  )
  assert.equal(verify.mock.callCount(), 11, 'who has to wait costs no hash')
  await stretchDelays(app)
  const waiting = await app.request(identity, 'login', right, from('2001:db8:0:1::99'))
  assert.equal(waiting.status, 429)
  assert.ok(Number(waiting.headers['retry-after']) >= 1)
  assert.equal((await app.request(identity, 'login', right, from('2001:db8:0:2::1'))).status, 200)
  await app.db('identity').sql`
    update sign_in_attempts set open_at = open_at - make_interval(secs => ${Number(waiting.headers['retry-after'])})`
  assert.equal((await app.request(identity, 'login', right, from('2001:db8:0:1::99'))).status, 200)
})

test('under too many concurrent sign-ins the surplus gets a retry time and other requests are unaffected', async t => {
  const app = await openIdentity(t, { trustedProxies: 1 })
  const { client } = await signUp(app)
  const attempts = Array.from({ length: 90 }, (_, index) =>
    app.request(
      identity,
      'login',
      { login: `nobody_${index}`, password },
      { headers: { 'x-forwarded-for': `10.0.${index}.1` } },
    ),
  )
  const slowestMs = await slowestOf(20, () => client.getMe({}))
  const answers = await Promise.all(attempts)
  const busy = answers.filter(({ status }) => status === 503)
  assert.ok(busy.length > 0)
  for (const { body, headers } of busy) {
    assert.equal((body as { code: string }).code, 'unavailable')
    assert.equal(headers['retry-after'], '2')
  }
  assert.equal(answers.filter(({ status }) => status === 401).length, answers.length - busy.length)
  assert.ok(slowestMs < 2_000, `a read took ${Math.round(slowestMs)} ms meanwhile`)
  assert.deepEqual(stateOf(app).passwords.load(), { running: 0, waiting: 0 })
})

async function slowestOf(count: number, work: () => Promise<unknown>): Promise<number> {
  let slowestMs = 0
  for (let index = 0; index < count; index++) {
    const startedMs = performance.now()
    await work()
    slowestMs = Math.max(slowestMs, performance.now() - startedMs)
  }
  return slowestMs
}

// ---- profile ----------------------------------------------------------------------------------------------------

test('a profile update changes only the given fields, at the expected version', async () => {
  const { client, user } = await signUp(app)
  const changed = await client.updateMe({
    displayName: ' Ada\u202e ',
    preferences: { theme: 'dark', timeZone: 'Europe/Berlin' },
  })
  assert.deepEqual([changed.displayName, changed.version], ['Ada', 2])
  const again = await client.updateMe({ preferences: { theme: 'light' } }, { ifMatch: 2 })
  assert.deepEqual(again.preferences, { theme: 'light', timeZone: 'Europe/Berlin' })
  await assert.rejects(client.updateMe({ displayName: 'Late' }, { ifMatch: 2 }), {
    code: 'version-mismatch',
    status: 412,
  })
  assert.deepEqual(await client.getMe({}), { ...user, displayName: 'Ada', preferences: again.preferences, version: 3 })
})

test('a profile with an unknown time zone or an invisible name is refused', async () => {
  const { client } = await signUp(app)
  for (const wrong of [
    { displayName: '\u200b \u0000' },
    { displayName: '' },
    { displayName: 'x'.repeat(81) },
    { preferences: { timeZone: 'Mars/Olympus' } },
    { preferences: { timeZone: 'Europe/Berlin\u0000' } },
    { preferences: { theme: 'pink' } },
    { preferences: { isAdmin: true } },
  ]) {
    await assert.rejects(client.updateMe(wrong as never), { code: 'validation-failed' }, JSON.stringify(wrong))
  }
})

test('a profile needs its owner’s token with the right scope', async () => {
  const { user, accessToken } = await signUp(app)
  const [, payload = ''] = accessToken.split('.')
  const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }
  const narrow = await stateOf(app).accessTokens.sign({
    userId: user.id,
    sessionId: sid,
    roles: ['user'],
    scopes: ['account:read'],
    accessVersion: 1,
    provenAtMs: Date.now(),
  })
  await assert.rejects(app.client(identity).getMe({}), { code: 'unauthenticated', status: 401 })
  await assert.rejects(app.client(identity, { token: 'nonsense' }).getMe({}), { code: 'unauthenticated', status: 401 })
  assert.equal((await app.client(identity, { token: narrow }).getMe({})).id, user.id)
  await assert.rejects(app.client(identity, { token: narrow }).updateMe({ displayName: 'x' }), {
    code: 'forbidden',
    status: 403,
  })
})

test('the token of a deleted account is refused', async () => {
  const { client, user } = await signUp(app)
  await app.db('identity').sql`delete from users where id = ${user.id}`
  await assert.rejects(client.getMe({}), { code: 'unauthenticated' })
  await assert.rejects(client.updateMe({ displayName: 'x' }), { code: 'unauthenticated' })
})

test('no password, token or cookie reaches the log', async () => {
  const { accessToken, refreshToken, registration } = await signUp(app)
  await app.request(identity, 'login', { login: registration.username, password: 'hunter2hunter2' })
  await app.request(identity, 'getMe', {}, { token: accessToken })
  await app.request(identity, 'refresh', { refreshToken })
  const log = app.logLines.join('')
  for (const secret of [password, 'hunter2hunter2', accessToken, refreshToken]) assert.ok(!log.includes(secret))
  for (const line of app.logLines) assert.ok(JSON.parse(line))
})
