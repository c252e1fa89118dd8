import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { access, authorize } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { codeIn, idle, mailsTo, nextMail, tokenIn } from './mails.ts'
import { makeRegistration, openIdentity, password, signUp, signUpInBrowser, stateOf } from './make.ts'

const app = await openIdentity({ after })
await app.runtime.jobs.start()
const { sql } = app.db('identity')
const anyone = app.client(identity)
const newPassword = 'a longer and better one'

/** An account with a verified address. */
async function signUpProved(registration = makeRegistration()) {
  const account = await signUp(app, registration)
  const mail = await nextMail(app, registration.email, { kind: 'confirm-address' })
  await account.client.confirmEmail({ code: codeIn(mail) })
  return account
}

async function resetToken(email: string, count = 1): Promise<string> {
  await anyone.forgotPassword({ email })
  return tokenIn(await nextMail(app, email, { kind: 'reset-password', count }))
}

// ---- proving ----------------------------------------------------------------------------------------------------

test('registration mails a code that verifies the address once, however it is typed', async () => {
  const { client, registration } = await signUp(app)
  assert.deepEqual(await client.getEmail({}), {
    email: registration.email,
    verified: false,
    pending: registration.email,
  })
  const code = codeIn(await nextMail(app, registration.email, { kind: 'confirm-address' }))
  const [kept] =
    await sql`select encode(code_hash, 'escape') as kept from address_claims where email_key = ${registration.email}`
  assert.ok(!JSON.stringify(kept).includes(code), 'only a hash is kept')
  const me = await client.confirmEmail({ code: ` ${code.toLowerCase().replace('-', ' ')} ` })
  assert.equal(me.emailVerified, true)
  await assert.rejects(client.confirmEmail({ code }), { code: 'identity.code-invalid' })
  assert.equal((await client.getEmail({})).pending, null)
})

test('A6: exactly one of 20 concurrent uses of a code succeeds', async () => {
  const { client, registration } = await signUp(app)
  const code = codeIn(await nextMail(app, registration.email, { kind: 'confirm-address' }))
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => client.confirmEmail({ code })))
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a code fails for other accounts, after ten wrong tries, on expiry, and once a newer one is sent', async () => {
  const [one, other] = [await signUp(app), await signUp(app)]
  const first = codeIn(await nextMail(app, one.registration.email, { kind: 'confirm-address' }))
  const refused = { code: 'identity.code-invalid' }
  await assert.rejects(other.client.confirmEmail({ code: first }), refused)
  await one.client.resendCode({})
  const second = codeIn(await nextMail(app, one.registration.email, { kind: 'confirm-address', count: 2 }))
  await assert.rejects(one.client.confirmEmail({ code: first }), refused)
  for (let wrong = 1; wrong < 10; wrong++) await assert.rejects(one.client.confirmEmail({ code: 'AAAA-AAAA' }), refused)
  await assert.rejects(one.client.confirmEmail({ code: second }), refused)
  await one.client.resendCode({})
  const third = codeIn(await nextMail(app, one.registration.email, { kind: 'confirm-address', count: 3 }))
  await sql`update address_claims set expires_at = clock_timestamp() where user_id = ${one.user.id}`
  await assert.rejects(one.client.confirmEmail({ code: third }), refused)
})

test('a verified address belongs to one account; claims of other accounts are dropped', async () => {
  const email = 'contested@example.org'
  const claims = [
    await signUp(app, { ...makeRegistration(), email }),
    await signUp(app, { ...makeRegistration(), email }),
  ]
  await nextMail(app, email, { kind: 'confirm-address', count: 2 })
  await claims[1]?.client.resendCode({})
  const code = codeIn(await nextMail(app, email, { kind: 'confirm-address', count: 3 }))
  assert.equal((await claims[1]?.client.confirmEmail({ code }))?.emailVerified, true)
  assert.deepEqual(await claims[0]?.client.getEmail({}), { email: null, verified: false, pending: null })
  const late = await signUp(app, { ...makeRegistration(), email })
  const mail = await nextMail(app, email, { kind: 'known-address' })
  assert.ok(mail.text.includes(claims[1]?.registration.username ?? '?'), 'the owner is told which account it is')
  assert.equal((await mailsTo(app, email)).filter(({ kind }) => kind === 'confirm-address').length, 3)
  assert.equal((await late.client.getMe({})).emailVerified, false)
})

test('at most ten codes a day are mailed to one address', async () => {
  const email = 'flooded@example.org'
  for (let index = 0; index < 12; index++) await signUp(app, { ...makeRegistration(), email })
  await idle(app)
  assert.equal((await mailsTo(app, email)).length, 10)
})

test('invalid and disposable addresses are refused', async () => {
  for (const email of ['a,b@example.org', '"a"@example.org', 'a@mailinator.com', 'a@x.yopmail.com', 'a@b..example']) {
    await assert.rejects(anyone.register({ ...makeRegistration(), email }), { status: 400 }, email)
  }
})

// ---- forgetting -------------------------------------------------------------------------------------------------

test('a reset sets the password, ends every session, does not sign in, and notifies the owner', async () => {
  const { client, registration, refreshToken } = await signUpProved()
  const login = registration.username
  const token = await resetToken(registration.email)
  const answer = await app.request(identity, 'resetPassword', { token, password: newPassword })
  assert.deepEqual([answer.status, answer.body, answer.headers['set-cookie']], [204, undefined, undefined])
  await assert.rejects(client.getMe({}), { status: 401 })
  await assert.rejects(anyone.refresh({ refreshToken }), { code: 'identity.session-ended' }, 'R9')
  await assert.rejects(anyone.login({ login, password }), { status: 401 })
  await anyone.login({ login, password: newPassword })
  await nextMail(app, registration.email, { kind: 'password-changed' })
})

test('A18: a reset link is invalid after use, a new request, expiry, or a change of the address', async () => {
  const { client, registration } = await signUpProved()
  const refused = (token: string) =>
    assert.rejects(anyone.resetPassword({ token, password: newPassword }), { code: 'identity.link-invalid' })
  const first = await resetToken(registration.email)
  const second = await resetToken(registration.email, 2)
  await refused(first)
  await refused('nonsense')
  await assert.rejects(anyone.resetPassword({ token: second, password: 'password1' }), { status: 400 })
  await sql`update recovery_links set expires_at = clock_timestamp()`
  await refused(second)
  const third = await resetToken(registration.email, 3)
  const moved = `moved_${registration.email}`
  await client.changeEmail({ email: moved })
  await client.confirmEmail({ code: codeIn(await nextMail(app, moved, { kind: 'confirm-address' })) })
  await refused(third)
  const fourth = await resetToken(moved)
  await anyone.resetPassword({ token: fourth, password: newPassword })
  await refused(fourth)
  const kept = await sql`select 1 from recovery_links where token_hash = ${Buffer.from(fourth, 'base64url')}`
  assert.equal(kept.length, 0)
})

test('A6: exactly one of 20 concurrent uses of a reset link succeeds', async () => {
  const { registration } = await signUpProved()
  const token = await resetToken(registration.email)
  const tries = Array.from({ length: 20 }, (_, index) => {
    return app.request(identity, 'resetPassword', { token, password: `${newPassword} ${index}` })
  })
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  assert.equal(statuses.filter(status => status === 204).length, 1)
  assert.deepEqual(new Set(statuses.filter(status => status !== 503)), new Set([204, 403]))
})

test('A8: when the owner of an address resets the password, the previous holder loses all access', async () => {
  const victim = 'victim@example.org'
  const attacker = await signUp(app, { ...makeRegistration(), email: victim })
  await sql`
    insert into external_identities (issuer, subject, user_id, provider, label)
    values ('https://issuer.example', 'attacker', ${attacker.user.id}, 'planted', 'attacker')`
  const { key } = await attacker.client.createApiKey({ name: 'planted', scopes: ['account:read'] })
  const earlier = await resetToken(victim)
  const token = await resetToken(victim, 2)
  await assert.rejects(anyone.resetPassword({ token: earlier, password: newPassword }))
  await anyone.resetPassword({ token, password: newPassword })
  await assert.rejects(attacker.client.getMe({}), { status: 401 })
  await assert.rejects(anyone.refresh({ refreshToken: attacker.refreshToken }), { status: 401 })
  await assert.rejects(anyone.login({ login: victim, password }), { status: 401 })
  assert.equal((await app.request(identity, 'getMe', {}, { token: key })).status, 401)
  const left = await sql`select 1 from external_identities where user_id = ${attacker.user.id}`
  assert.equal(left.length, 0)
  const { user } = await anyone.login({ login: victim, password: newPassword })
  assert.equal(user.emailVerified, true)
})

test('A8: a new account that verifies the address takes it from an attacker’s account', async () => {
  const victim = 'victim2@example.org'
  const attacker = await signUp(app, { ...makeRegistration(), email: victim })
  await signUpProvedAt(victim)
  assert.equal((await attacker.client.getMe({})).email, null)
  await assert.rejects(anyone.login({ login: victim, password: 'the attacker’s' }), { status: 401 })
})

async function signUpProvedAt(email: string) {
  const account = await signUp(app, { ...makeRegistration(), email })
  await nextMail(app, email, { kind: 'confirm-address', count: 2 })
  await account.client.resendCode({})
  const code = codeIn(await nextMail(app, email, { kind: 'confirm-address', count: 3 }))
  await account.client.confirmEmail({ code })
  return account
}

test('an unverified address cannot reset the password of an account with special roles', async () => {
  const { user, registration } = await signUp(app)
  await sql`update users set roles = '{user,admin}' where id = ${user.id}`
  await anyone.forgotPassword({ email: registration.email })
  const mail = await nextMail(app, registration.email, { kind: 'reset-password' })
  assert.doesNotMatch(mail.text, /token=/)
})

// ---- changing ---------------------------------------------------------------------------------------------------

test('changing the password ends all sessions but the current one', async () => {
  const account = await signUpProved()
  const { login, refresh } = anyone
  const other = await login({ login: account.registration.username, password })
  await account.client.changePassword({ password: newPassword })
  await account.client.getMe({})
  await assert.rejects(refresh({ refreshToken: other.refreshToken }), { status: 401 }, 'R9')
  await assert.rejects(app.client(identity, { token: other.accessToken }).getMe({}), { status: 401 })
  await login({ login: account.registration.username, password: newPassword })
  await nextMail(app, account.registration.email, { kind: 'password-changed' })
  await assert.rejects(account.client.changePassword({ password: account.registration.username }), { status: 400 })
})

test('changing the password or address requires a fresh sign-in', async () => {
  const { caller, client, cookie } = await signUpInBrowser(app)
  assert.ok(cookie !== '')
  await sql`update sessions set auth_time = clock_timestamp() - interval '1 hour'`
  const late = await openIdentity({ after }, { sharing: app })
  for (const [operation, input] of [
    ['changePassword', { password: newPassword }],
    ['changeEmail', { email: 'new@example.org' }],
  ] as const) {
    assert.equal((await late.request(identity, operation, input, caller)).status, 403, operation)
  }
  await client.getMe({})
})

test('the old address can undo a change; password, sessions and sign-in methods added since are removed', async () => {
  const account = await signUpProved()
  const { email: old, username } = account.registration
  const taken = `taken_${old}`
  await account.client.changeEmail({ email: taken })
  assert.equal((await account.client.getMe({})).email, old, 'nothing changes before the proof')
  await account.client.confirmEmail({ code: codeIn(await nextMail(app, taken, { kind: 'confirm-address' })) })
  assert.equal((await account.client.getMe({})).email, taken)
  const token = tokenIn(await nextMail(app, old, { kind: 'email-changed' }))
  await sql`
    insert into external_identities (issuer, subject, user_id, provider, label)
    values ('https://issuer.example', ${taken}, ${account.user.id}, 'planted', 'attacker')`
  const tries = Array.from({ length: 20 }, () => app.request(identity, 'undoEmailChange', { token }))
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  assert.equal(statuses.filter(status => status === 204).length, 1, 'A6')
  await assert.rejects(account.client.getMe({}), { status: 401 })
  await assert.rejects(anyone.login({ login: username, password }), { status: 401 })
  assert.equal((await sql`select 1 from external_identities where user_id = ${account.user.id}`).length, 0)
  const reset = tokenIn(await nextMail(app, old, { kind: 'reset-password' }))
  await anyone.resetPassword({ token: reset, password: newPassword })
  const { user } = await anyone.login({ login: old, password: newPassword })
  assert.deepEqual([user.email, user.emailVerified], [old, true])
})

test('a sign-in on a new device is mailed once to a verified address', async () => {
  const { registration } = await signUpProved()
  const login = { login: registration.username, password }
  const phone = { headers: { 'user-agent': 'Phone/1.0' } }
  await app.request(identity, 'login', login)
  await app.request(identity, 'login', login, phone)
  await app.request(identity, 'login', login, phone)
  await idle(app)
  const told = (await mailsTo(app, registration.email)).filter(({ kind }) => kind === 'new-device')
  assert.equal(told.length, 1)
})

test('A3: links in mails use the configured origin, whatever Host a request claims', async () => {
  const { registration } = await signUpProved()
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  await app.request(identity, 'forgotPassword', { email: registration.email }, { headers })
  const mail = await nextMail(app, registration.email, { kind: 'reset-password' })
  assert.match(mail.text, /^http:\/\/localhost:3000\/reset-password#token=/m)
  assert.doesNotMatch(mail.text + mail.html, /evil/)
})

test('mails are written in the account’s language', async () => {
  const { client, registration } = await signUp(app)
  await nextMail(app, registration.email, { kind: 'confirm-address' })
  await client.updateMe({ preferences: { language: 'de' } })
  await client.resendCode({})
  const mail = await nextMail(app, registration.email, { kind: 'confirm-address', count: 2 })
  assert.equal(mail.subject, 'Bestätige deine E-Mail-Adresse')
})

test('unverified accounts have lower limits; verification lifts them for existing tokens in every process', async t => {
  const scale = 1_000 // factor of limits in tests
  const there = await openIdentity(t, { sharing: app })
  const api = await signUp(app)
  const web = await signUpInBrowser(app)
  const limitOf = async (on: typeof app, caller: typeof api.caller) => {
    const { headers } = await on.request(identity, 'searchUsers', { q: 'per' }, caller)
    return Number(headers['ratelimit-limit'])
  }
  for (const on of [app, there]) {
    for (const one of [api, web]) assert.equal(await limitOf(on, one.caller), 60 * scale)
  }
  const verified = access.user('people:read', { verified: true })
  const principalOf = (on: typeof app) => stateOf(on).authenticate({ kind: 'bearer', token: api.accessToken })
  const stranger = await principalOf(there)
  assert.throws(() => authorize(verified, stranger), { code: 'email-unverified' })
  for (const { registration, client } of [api, web]) {
    const mail = await nextMail(app, registration.email, { kind: 'confirm-address' })
    await client.confirmEmail({ code: codeIn(mail) })
  }
  for (const one of [api, web]) {
    assert.equal(await limitOf(app, one.caller), 120 * scale)
    const deadlineMs = performance.now() + 2_000
    while ((await limitOf(there, one.caller)) !== 120 * scale)
      assert.ok(performance.now() < deadlineMs, 'the other process learned about it')
  }
  authorize(verified, await principalOf(there))
})
