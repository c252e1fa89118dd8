import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Problem } from '@octet/contracts'
import { identity, type Me, type SecondFactorDemand, secondFactorDemand } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { type Caller, testApp } from '@octet/testkit'
import { codeOf } from '../src/factors/totp.ts'
import { identityModule } from '../src/module.ts'
import {
  browser,
  bytesOf,
  cookieIn,
  fromOurPage,
  heldUp,
  openIdentity,
  password,
  signUp,
  signUpInBrowser,
} from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')

/** The code of an authenticator app now or some steps later. */
function appWith(secret: string) {
  return (later = 0) => codeOf(bytesOf(secret), Math.floor(Date.now() / 30_000) + later)
}

/** Forgets used codes, so the current code is valid again. */
function forgetSteps(userId: string) {
  return sql`update totp_secrets set last_step = last_step - 4 where user_id = ${userId}`
}

async function turnOn(caller: Caller, userId: string) {
  const client = app.client(identity, caller)
  const { secret } = await client.startTotp({})
  const code = appWith(secret)
  const { recoveryCodes } = await client.confirmTotp({ code: code() })
  await forgetSteps(userId)
  return { code, recoveryCodes }
}

/** An account with an authenticator app, signed in as an API client. */
async function guarded() {
  const account = await signUp(app)
  return { ...account, ...(await turnOn(account.caller, account.user.id)), login: account.registration.username }
}

async function demandOf(work: Promise<unknown>): Promise<SecondFactorDemand & { challenge: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, 'sign-in should have wanted more')
  const demand = secondFactorDemand(error)
  assert.ok(demand !== undefined && demand.challenge !== null, `${error.code}`)
  return demand as SecondFactorDemand & { challenge: string }
}

function begin(login: string) {
  return demandOf(app.client(identity).login({ login, password }))
}

/** One after the other, so the password throttle does not interfere. */
async function beginMany(login: string, count: number) {
  const demands = []
  for (let n = 0; n < count; n++) demands.push(await begin(login))
  return demands
}

test('without a second factor sign-in is unchanged', async () => {
  const { registration, client } = await signUp(app)
  const tokens = await app.client(identity).login({ login: registration.username, password })
  assert.deepEqual(Object.keys(tokens).sort(), ['accessToken', 'expiresIn', 'refreshToken', 'user'])
  const { twoStep, totpSince, recoveryCodesLeft } = await client.getSecurity({})
  assert.deepEqual({ twoStep, totpSince, recoveryCodesLeft }, { twoStep: false, totpSince: null, recoveryCodesLeft: 0 })
})

test('with an app enabled the password returns a challenge and the code returns the session', async () => {
  const { login, code, user, client } = await guarded()
  const { challenge, factors, expiresIn } = await begin(login)
  assert.deepEqual([factors, expiresIn], [['totp', 'recovery-code'], 300])
  const tokens = await app.client(identity).finishLogin({ challenge, code: code() })
  assert.equal(tokens.user.id, user.id)
  await app.client(identity, { token: tokens.accessToken }).getMe({})
  const security = await client.getSecurity({})
  assert.deepEqual([security.twoStep, security.recoveryCodesLeft], [true, 10])
})

test('a browser gets no cookie before the second factor', async () => {
  const { login, code, user } = await guarded()
  const first = await app.request(identity, 'webLogin', { login, password, remember: false }, { headers: fromOurPage })
  assert.deepEqual([first.status, first.headers['set-cookie']], [401, undefined])
  const { data } = first.body as { data: { challenge: string } }
  const input = { challenge: data.challenge, code: code() }
  const second = await app.request(identity, 'webFinishLogin', input, { headers: fromOurPage })
  assert.deepEqual([second.status, (second.body as Me).id], [200, user.id])
  assert.doesNotMatch(String(second.headers['set-cookie']), /Max-Age/, 'what was asked about remembering is remembered')
  await app.client(identity, browser(cookieIn(second.headers))).getMe({})
})

test('a challenge works only for its kind of client and stays open after a wrong code', async () => {
  const { login, code } = await guarded()
  const { challenge } = await begin(login)
  const asBrowser = await app.request(identity, 'webFinishLogin', { challenge, code: code() }, { headers: fromOurPage })
  assert.equal((asBrowser.body as { code: string }).code, 'identity.challenge-ended')
  const calls = app.client(identity)
  await assert.rejects(calls.finishLogin({ challenge, code: '000000' }), { code: 'identity.second-factor-wrong' })
  await assert.rejects(calls.finishLogin({ challenge }), { code: 'validation-failed' })
  await assert.rejects(calls.finishLogin({ challenge, code: code(), recoveryCode: 'X' }), { code: 'validation-failed' })
  await calls.finishLogin({ challenge, code: code() })
  await assert.rejects(calls.finishLogin({ challenge, code: code(1) }), { code: 'identity.challenge-ended' })
})

test('A6: one code used concurrently in 20 sign-ins signs in once', async () => {
  const { login, code, user } = await guarded()
  const demands = await beginMany(login, 20)
  // Attempts are not tested here: all twenty requests must reach the claim.
  await sql`insert into code_tries values (${user.id}, -100, clock_timestamp())`
  const lock = `select from users where id = '${user.id}' for update`
  const outcomes = await heldUp(app, { lock: `${lock}; lock table totp_secrets in exclusive mode`, waiters: 3 }, () => {
    return Promise.all(
      demands.map(({ challenge }) =>
        app.request(identity, 'finishLogin', { challenge, code: code() }).then(({ status, body }) => {
          return status === 200 ? 'in' : (body as { code: string }).code
        }),
      ),
    )
  })
  assert.equal(outcomes.filter(outcome => outcome === 'in').length, 1, outcomes.join())
  // The successful request resets the attempts, so a late one may have met the limit before.
  const refused = outcomes.filter(outcome => ['identity.second-factor-wrong', 'rate-limited'].includes(outcome))
  assert.equal(refused.length, 19, outcomes.join())
})

test('a code for an account that is gone is refused as the request of a stranger', async t => {
  const trusting = await testApp(t, { modules: [identityModule], trustCallers: true })
  const caller = { token: trusting.as(newId()) }
  const { status, body } = await trusting.request(identity, 'webStepUp', { code: '123456' }, caller)
  assert.deepEqual([status, (body as { code: string }).code], [401, 'unauthenticated'])
})

test('A6: one challenge used concurrently with 20 recovery codes signs in once', async () => {
  const { login, recoveryCodes, client } = await guarded()
  const { challenge } = await begin(login)
  const statuses = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      app
        .request(identity, 'finishLogin', { challenge, recoveryCode: recoveryCodes[n % 10] })
        .then(({ status }) => status),
    ),
  )
  assert.equal(statuses.filter(status => status === 200).length, 1, statuses.join())
  assert.equal((await client.getSecurity({})).recoveryCodesLeft, 9, 'and used up one code')
})

test('A6: a recovery code works once in any spelling, even under 20 concurrent uses', async () => {
  const { login, recoveryCodes } = await guarded()
  const typed = (recoveryCodes[0] ?? '').toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')
  const demands = await beginMany(login, 20)
  const statuses = await Promise.all(
    demands.map(({ challenge }) =>
      app.request(identity, 'finishLogin', { challenge, recoveryCode: typed }).then(({ status }) => status),
    ),
  )
  assert.equal(statuses.filter(status => status === 200).length, 1, statuses.join())
})

test('A6: the code that enables the app is used up, and older codes are invalid after a newer one', async () => {
  const { client, registration } = await signUp(app)
  const { secret } = await client.startTotp({})
  const code = appWith(secret)
  const used = code()
  await client.confirmTotp({ code: used })
  const { challenge } = await begin(registration.username)
  await assert.rejects(app.client(identity).finishLogin({ challenge, code: used }), {
    code: 'identity.second-factor-wrong',
  })
  await app.client(identity).finishLogin({ challenge, code: code(1) })
  const next = await begin(registration.username)
  await assert.rejects(app.client(identity).finishLogin({ challenge: next.challenge, code: code() }), {
    code: 'identity.second-factor-wrong',
  })
})

test('A10: after only the first factor every route treats the caller as anonymous', async () => {
  const { login } = await guarded()
  const { challenge } = await begin(login)
  const guardedRoutes = app.http.routeTable.filter(
    ({ access }) => access.kind === 'user' || access.kind === 'permission',
  )
  assert.ok(guardedRoutes.length > 15, 'the walk saw the whole table')
  for (const { method, url } of guardedRoutes) {
    const path = url.replace(/:\w+/g, newId())
    for (const headers of [
      { authorization: `Bearer ${challenge}` },
      { cookie: `oct=${challenge}`, ...fromOurPage },
    ] as Record<string, string>[]) {
      const { statusCode } = await app.http.inject({ method: method as 'GET', url: path, headers })
      assert.equal(statusCode, 401, `${method} ${url}`)
    }
  }
  await assert.rejects(app.client(identity).refresh({ refreshToken: challenge }), { code: 'identity.session-ended' })
  const rows = await sql`select from sign_in_challenges where token_hash = ${Buffer.from(challenge)}`
  assert.equal(rows.length, 0, 'only its hash is kept')
})

test('A11: five wrong codes block codes for five minutes across all challenges and networks', async t => {
  const proxied = await openIdentity(t, { sharing: app, trustedProxies: 1 })
  const { login, code, user, recoveryCodes } = await guarded()
  const outcomes: number[] = []
  for (let n = 0; n < 6; n++) {
    const headers = { 'x-forwarded-for': `203.0.${n}.7` }
    const { challenge } = await demandOf(proxied.client(identity, { headers }).login({ login, password }))
    outcomes.push((await proxied.request(identity, 'finishLogin', { challenge, code: '000000' }, { headers })).status)
  }
  assert.deepEqual(outcomes, [401, 401, 401, 401, 401, 429])
  const { challenge } = await begin(login)
  const right = await app.request(identity, 'finishLogin', { challenge, code: code() })
  assert.equal(right.status, 429, 'also for the right one')
  assert.ok(Number(right.headers['retry-after']) > 200)
  const rescue = await begin(login)
  await app.client(identity).finishLogin({ challenge: rescue.challenge, recoveryCode: recoveryCodes[0] ?? '' })
  await sql`update code_tries set started_at = started_at - interval '5 minutes' where user_id = ${user.id}`
  await app.client(identity).finishLogin({ challenge, code: code() })
})

test('A11: only five of 20 concurrent wrong codes are checked', async () => {
  const { login } = await guarded()
  const demands = await beginMany(login, 20)
  const statuses = await Promise.all(
    demands.map(({ challenge }) =>
      app.request(identity, 'finishLogin', { challenge, code: '000000' }).then(({ status }) => status),
    ),
  )
  assert.equal(statuses.filter(status => status === 401).length, 5, statuses.join())
})

test('A11: disabling the app requires a two-factor session, however fresh the sign-in', async () => {
  const account = await signUp(app)
  const other = await app.client(identity).login({ login: account.registration.username, password })
  const { secret } = await account.client.startTotp({})
  const code = appWith(secret)
  await account.client.confirmTotp({ code: code(), signOutOthers: false })
  await forgetSteps(account.user.id)
  const asOther = app.client(identity, { token: other.accessToken })
  for (const attempt of [() => asOther.removeTotp({}), () => asOther.makeRecoveryCodes({})]) {
    await assert.rejects(attempt(), { code: 'fresh-sign-in-required' })
  }
  await assert.rejects(asOther.stepUp({ password }), { code: 'identity.second-factor-required' })
  await assert.rejects(asOther.startTotp({}), { code: 'identity.totp-on' })
  const { accessToken } = await asOther.stepUp({ code: code() })
  await app.client(identity, { token: accessToken }).removeTotp({})
  await app.client(identity).login({ login: account.registration.username, password })
  assert.equal((await account.client.getSecurity({})).recoveryCodesLeft, 0)
})

test('enabling the app ends other sessions that used only a password', async () => {
  const { registration, user, client, caller } = await signUp(app)
  const other = await app.client(identity).login({ login: registration.username, password })
  await turnOn(caller, user.id)
  await assert.rejects(app.client(identity, { token: other.accessToken }).getMe({}), { code: 'unauthenticated' })
  await client.getMe({})
})

test('A12: a sign-in that overlaps enabling the app creates no one-factor session', async () => {
  const { registration, user, client } = await signUp(app)
  const { secret } = await client.startTotp({})
  const code = appWith(secret)()
  const isLeft = () => sql`select from sessions where user_id = ${user.id} and revoked_at is null and aal = 1`
  // Enabling the app is held before its commit with the account locked. The sign-in saw no second factor and waits.
  const lock = 'lock table recovery_codes in exclusive mode'
  const [confirmed, signedIn] = await heldUp(app, { lock, waiters: 2 }, async came => {
    const confirming = client.confirmTotp({ code })
    await came(1)
    const login = app.request(identity, 'login', { login: registration.username, password })
    return Promise.all([confirming, login])
  })
  assert.equal(confirmed.recoveryCodes.length, 10)
  assert.equal(signedIn.status, 503, 'the dangerous window was really hit: it is asked to come again')
  assert.equal((await isLeft()).length, 0)
  await begin(registration.username)
})

test('A12: a browser can step up by code or recovery code and gets a new cookie', async () => {
  const { me, caller, cookie } = await signUpInBrowser(app)
  const { code, recoveryCodes } = await turnOn(caller, me.id)
  const byCode = await app.request(identity, 'webStepUp', { code: code() }, caller)
  assert.equal(byCode.status, 200)
  assert.notEqual(cookieIn(byCode.headers), cookie)
  const next = browser(cookieIn(byCode.headers))
  const byRecovery = await app.request(identity, 'webStepUp', { recoveryCode: recoveryCodes[0] }, next)
  assert.equal(byRecovery.status, 200)
  assert.equal((await app.request(identity, 'webStepUp', { password }, next)).status, 401)
  assert.equal((await app.request(identity, 'webStepUp', { recoveryCode: recoveryCodes[0] }, next)).status, 401)
})

test('a challenge expires after five minutes or when the account’s rights change', async () => {
  const { login, code, user } = await guarded()
  const late = await begin(login)
  await sql`update sign_in_challenges set expires_at = clock_timestamp() where user_id = ${user.id}`
  const changed = await begin(login)
  await sql`update users set access_version = access_version + 1 where id = ${user.id}`
  for (const { challenge } of [late, changed]) {
    await assert.rejects(app.client(identity).finishLogin({ challenge, code: code() }), {
      code: 'identity.challenge-ended',
    })
  }
})

test('the secret is stored sealed and bound to its account', async () => {
  const one = await guarded()
  const other = await guarded()
  await sql`
    update totp_secrets set secret = (select secret from totp_secrets where user_id = ${other.user.id})
    where user_id = ${one.user.id}`
  const { challenge } = await begin(one.login)
  assert.equal((await app.request(identity, 'finishLogin', { challenge, code: other.code() })).status, 500)
})

test('changing second factors requires a fresh sign-in', async () => {
  const { user, refreshToken } = await guarded()
  await sql`update sessions set auth_time = auth_time - interval '11 minutes' where user_id = ${user.id}`
  const { accessToken } = await app.client(identity).refresh({ refreshToken })
  const client = app.client(identity, { token: accessToken })
  for (const attempt of [
    () => client.startTotp({}),
    () => client.confirmTotp({ code: '000000' }),
    () => client.removeTotp({}),
    () => client.makeRecoveryCodes({}),
  ]) {
    await assert.rejects(attempt(), { code: 'fresh-sign-in-required' })
  }
  assert.equal((await client.getSecurity({})).freshUntil, null)
})

test('new recovery codes replace the old ones', async () => {
  const { client, login, recoveryCodes } = await guarded()
  const made = await client.makeRecoveryCodes({})
  assert.equal(new Set([...made.recoveryCodes, ...recoveryCodes]).size, 20)
  assert.match(made.recoveryCodes[0] ?? '', /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
  const { challenge } = await begin(login)
  const use = (recoveryCode = '') => app.client(identity).finishLogin({ challenge, recoveryCode })
  await assert.rejects(use(recoveryCodes[0]), { code: 'identity.second-factor-wrong' })
  await use(made.recoveryCodes[9])
  const plain = await signUp(app)
  await assert.rejects(plain.client.makeRecoveryCodes({}), { code: 'identity.two-step-off' })
})
