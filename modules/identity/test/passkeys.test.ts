import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Problem } from '@octet/contracts'
import { identity, type Me, type SecondFactorDemand, secondFactorDemand } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { type Behaviour, create, get, type SoftwarePasskey } from './authenticator.ts'
import { browser, cookieIn, fromOurPage, openIdentity, password, signUp, signUpInBrowser } from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')
const anyone = app.client(identity)

type Purpose = 'sign-in' | 'second-factor' | 'step-up'
type Account = Awaited<ReturnType<typeof signUp>>

async function addTo(account: Pick<Account, 'client'>, extra: object = {}, algorithm: 'ES256' | 'EdDSA' = 'ES256') {
  const { options } = await account.client.startPasskey({})
  const { passkey, answer } = create(options, algorithm)
  return { device: passkey, ...(await account.client.addPasskey({ passkey: answer, ...extra })) }
}

async function answerOf(device: SoftwarePasskey, purpose: Purpose = 'sign-in', behaviour: Behaviour = {}) {
  const { options } = await anyone.passkeyOptions({ purpose })
  return get(device, options, behaviour)
}

async function demandOf(work: Promise<unknown>): Promise<SecondFactorDemand & { challenge: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const demand = error instanceof Problem ? secondFactorDemand(error) : undefined
  assert.ok(demand !== undefined && demand.challenge !== null, 'sign-in should have wanted more')
  return demand as SecondFactorDemand & { challenge: string }
}

test('passkeys of both algorithms sign in without username or password', async () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    const account = await signUp(app)
    const { device, passkey, recoveryCodes } = await addTo(account, { name: 'Laptop' }, algorithm)
    assert.deepEqual([passkey.name, passkey.guardsPassword, recoveryCodes], ['Laptop', false, []])
    const tokens = await anyone.passkeyLogin({ passkey: await answerOf(device) })
    assert.equal(tokens.user.id, account.user.id)
    await app.client(identity, { token: tokens.accessToken }).getMe({})
    await anyone.login({ login: account.registration.username, password }) // the password still does
  }
})

test('a browser sign-in by passkey creates its own session', async () => {
  const { me, client } = await signUpInBrowser(app)
  const { device } = await addTo({ client })
  const passkey = await answerOf(device)
  const { status, headers, body } = await app.request(
    identity,
    'webPasskeyLogin',
    { passkey },
    { headers: fromOurPage },
  )
  assert.deepEqual([status, (body as Me).id], [200, me.id])
  await app.client(identity, browser(cookieIn(headers))).getMe({})
})

test('sign-in options do not reveal who has a passkey', async () => {
  const { options } = await anyone.passkeyOptions({ purpose: 'sign-in' })
  assert.deepEqual(
    { ...options, challenge: '' },
    {
      rpId: 'localhost',
      challenge: '',
      allowCredentials: [],
      timeout: 300_000,
      userVerification: 'preferred',
    },
  )
  assert.equal(Buffer.from(String(options.challenge), 'base64url').length, 32)
})

test('an assertion with another origin, host, challenge, key or user is refused with one answer', async () => {
  const { device } = await addTo(await signUp(app))
  const other = await addTo(await signUp(app))
  const stranger = { ...device, privateKey: other.device.privateKey }
  const theirHandle = { ...device, userHandle: other.device.userHandle }
  const unknown = { ...device, credentialId: 'AAAAAAAAAAAAAAAAAAAAAA' }
  const wrongs: [string, Awaited<ReturnType<typeof answerOf>>][] = [
    ['origin', await answerOf(device, 'sign-in', { origin: 'https://evil.example' })],
    ['relying party', await answerOf(device, 'sign-in', { rpId: 'evil.example' })],
    ['never issued', await answerOf(device, 'sign-in', { challenge: 'A'.repeat(43) })],
    ['no user presence', await answerOf(device, 'sign-in', { userPresent: false })],
    ['made for registration', await answerOf(device, 'sign-in', { type: 'webauthn.create' })],
    ['for another purpose', await answerOf(device, 'step-up')],
    ['signature', await answerOf(stranger)],
    ['user handle', await answerOf(theirHandle)],
    ['unknown', await answerOf(unknown)],
  ]
  for (const [what, passkey] of wrongs) {
    const { status, body } = await app.request(identity, 'passkeyLogin', { passkey })
    assert.deepEqual([status, (body as { code: string }).code], [401, 'identity.passkey-refused'], what)
    assert.equal((body as { detail?: string }).detail, undefined, what)
  }
  await anyone.passkeyLogin({ passkey: await answerOf(device) })
})

test('A6: exactly one of 20 concurrent uses of an assertion signs in', async () => {
  const { device } = await addTo(await signUp(app))
  const passkey = await answerOf(device)
  const statuses = await Promise.all(
    Array.from({ length: 20 }, () => app.request(identity, 'passkeyLogin', { passkey }).then(({ status }) => status)),
  )
  assert.equal(statuses.filter(status => status === 200).length, 1, statuses.join())
})

test('a passkey challenge expires after five minutes', async () => {
  const { device } = await addTo(await signUp(app))
  const passkey = await answerOf(device)
  await sql`update passkey_challenges set expires_at = clock_timestamp()`
  await assert.rejects(anyone.passkeyLogin({ passkey }), { code: 'identity.passkey-refused' })
})

test('a passkey whose counter does not increase is refused as a copy and logged', async () => {
  const { device, passkey } = await addTo(await signUp(app))
  device.counter = 7
  await anyone.passkeyLogin({ passkey: await answerOf(device) })
  for (const counter of [7, 6, 0]) {
    device.counter = counter
    await assert.rejects(anyone.passkeyLogin({ passkey: await answerOf(device) }), { code: 'identity.passkey-refused' })
  }
  assert.ok(app.logLines.some(line => line.includes(passkey.id) && line.includes('went backwards')))
  device.counter = 8
  await anyone.passkeyLogin({ passkey: await answerOf(device) })
})

test('a passkey that protects the password becomes the second factor, besides recovery codes', async () => {
  const account = await signUp(app)
  const { device, recoveryCodes } = await addTo(account, { guardsPassword: true })
  assert.equal(recoveryCodes.length, 10)
  const login = { login: account.registration.username, password }
  const { challenge, factors } = await demandOf(anyone.login(login))
  assert.deepEqual(factors, ['passkey', 'recovery-code'])
  const unverified = await answerOf(device, 'second-factor', { userVerified: false })
  await anyone.finishLogin({ challenge, passkey: unverified })
  const again = await demandOf(anyone.login(login))
  await anyone.finishLogin({ challenge: again.challenge, recoveryCode: recoveryCodes[0] ?? '' })
  const stranger = await addTo(await signUp(app))
  const third = await demandOf(anyone.login(login))
  const theirs = await answerOf(stranger.device, 'second-factor')
  await assert.rejects(anyone.finishLogin({ challenge: third.challenge, passkey: theirs }), {
    code: 'identity.passkey-refused',
  })
  assert.equal((await account.client.getSecurity({})).twoStep, true)
})

test('with a second factor enabled a passkey without user verification counts as one factor', async () => {
  const account = await signUp(app)
  const { device, recoveryCodes } = await addTo(account, { guardsPassword: true })
  await anyone.passkeyLogin({ passkey: await answerOf(device) })
  const demand = await demandOf(
    anyone.passkeyLogin({ passkey: await answerOf(device, 'sign-in', { userVerified: false }) }),
  )
  assert.deepEqual(demand.factors, ['recovery-code'])
  const same = await answerOf(device, 'second-factor')
  await assert.rejects(anyone.finishLogin({ challenge: demand.challenge, passkey: same }), {
    code: 'identity.passkey-refused',
  })
  await anyone.finishLogin({ challenge: demand.challenge, recoveryCode: recoveryCodes[0] ?? '' })
})

test('step-up by passkey requires user verification and the caller’s own passkey', async () => {
  const account = await signUp(app)
  const { device } = await addTo(account)
  const other = await addTo(await signUp(app))
  const refused = { code: 'identity.passkey-refused' }
  const unchecked = await answerOf(device, 'step-up', { userVerified: false })
  await assert.rejects(account.client.stepUp({ passkey: unchecked }), refused)
  await assert.rejects(account.client.stepUp({ passkey: await answerOf(device, 'sign-in') }), refused)
  await assert.rejects(account.client.stepUp({ passkey: await answerOf(other.device, 'step-up') }), refused)
  await account.client.stepUp({ passkey: await answerOf(device, 'step-up') })
})

test('a registration counts once, for the account it was begun for, and for a key not known yet', async () => {
  const account = await signUp(app)
  const stranger = await signUp(app)
  const refused = { code: 'identity.passkey-refused' }
  const { options } = await account.client.startPasskey({})
  const { answer } = create(options)
  await assert.rejects(stranger.client.addPasskey({ passkey: answer }), refused)
  await assert.rejects(account.client.addPasskey({ passkey: answer }), refused, 'used up by the attempt')
  const fresh = await account.client.startPasskey({})
  const evil = create(fresh.options, 'ES256', { origin: 'https://evil.example' })
  await assert.rejects(account.client.addPasskey({ passkey: evil.answer }), refused)
  const { device, passkey } = await addTo(account, { name: '\u202e \u0000' })
  assert.equal(passkey.name, 'Passkey')
  const more = await account.client.startPasskey({})
  const known = (more.options.excludeCredentials as { id: string }[]).map(({ id }) => id)
  assert.deepEqual(known, [device.credentialId])
  const twin = create(more.options, 'ES256', { credentialId: device.credentialId })
  await assert.rejects(account.client.addPasskey({ passkey: twin.answer }), { code: 'identity.passkey-known' })
})

test('removing a passkey ends only the other sessions it created', async () => {
  const account = await signUp(app)
  const { device, passkey } = await addTo(account)
  const byPasskey = await anyone.passkeyLogin({ passkey: await answerOf(device) })
  const byPassword = await anyone.login({ login: account.registration.username, password })
  await account.client.renamePasskey({ id: passkey.id, name: 'Old phone' })
  assert.deepEqual(
    (await account.client.listPasskeys({})).data.map(({ name }) => name),
    ['Old phone'],
  )
  const stranger = await signUp(app)
  await assert.rejects(stranger.client.removePasskey({ id: passkey.id }), { code: 'not-found' })
  await assert.rejects(stranger.client.renamePasskey({ id: passkey.id, name: 'x' }), { code: 'not-found' })
  await account.client.removePasskey({ id: passkey.id })
  const status = async (through: TestApp, token: string) =>
    (await through.request(identity, 'getMe', {}, { token })).status
  assert.equal(await status(app, byPasskey.accessToken), 401)
  assert.equal(await status(app, byPassword.accessToken), 200)
  await account.client.getMe({})
  await assert.rejects(anyone.passkeyLogin({ passkey: await answerOf(device) }), { code: 'identity.passkey-refused' })
})

test('A11: adding and removing passkeys requires both factors', async () => {
  const account = await signUp(app)
  const before = await anyone.login({ login: account.registration.username, password })
  const { passkey } = await addTo(account, { guardsPassword: true, signOutOthers: false })
  const asBefore = { client: app.client(identity, { token: before.accessToken }) }
  await assert.rejects(addTo(asBefore), { code: 'fresh-sign-in-required' })
  await assert.rejects(asBefore.client.removePasskey({ id: passkey.id }), { code: 'fresh-sign-in-required' })
  await account.client.removePasskey({ id: passkey.id })
  await anyone.login({ login: account.registration.username, password })
})

test('a disabled account’s passkey does not sign in', async () => {
  const account = await signUp(app)
  const { device } = await addTo(account)
  await sql`update users set disabled_at = clock_timestamp(), disabled_reason = 'a test' where id = ${account.user.id}`
  await assert.rejects(anyone.passkeyLogin({ passkey: await answerOf(device) }), { code: 'identity.account-disabled' })
})

test('passkeys are unavailable under a numeric address, with a clear problem', async t => {
  const numbered = await openIdentity(t, { origin: 'http://127.0.0.1:3000' })
  const account = await signUp(numbered)
  assert.equal((await account.client.getSecurity({})).passkeysPossible, false)
  await assert.rejects(account.client.startPasskey({}), { code: 'identity.passkeys-impossible' })
  await assert.rejects(numbered.client(identity).passkeyOptions({ purpose: 'sign-in' }), { status: 409 })
})

test('passkeys are bound to the configured origin, whatever Host a request claims (A3)', async t => {
  const secure = await openIdentity(t, { origin: 'https://octet.example' })
  const account = await signUp(secure)
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
  const { options } = await secure.client(identity, { ...account.caller, headers }).startPasskey({})
  assert.deepEqual(options.rp, { name: 'Octet', id: 'octet.example' })
  const { answer } = create(options, 'ES256', { origin: 'https://octet.example' })
  await account.client.addPasskey({ passkey: answer })
})
