import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity, type Me } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { browser, cookieIn, fromOurPage, openIdentity, password, promote, signUp, signUpInBrowser } from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')

/** Moves all sign-ins of an account into the past. */
async function age(userId: string, minutes: number): Promise<void> {
  await sql`
    update sessions set auth_time = auth_time - make_interval(mins => ${minutes}),
                        cookie_since = cookie_since - make_interval(mins => ${minutes})
    where user_id = ${userId}`
}

/** An administrator with an API session that signed in long ago. */
async function staleAdmin() {
  const admin = await signUp(app)
  await promote(app, admin.user.id)
  await age(admin.user.id, 11)
  const tokens = await app.client(identity).refresh({ refreshToken: admin.refreshToken })
  return { ...admin, ...tokens, client: app.client(identity, { token: tokens.accessToken }) }
}

/** The same in a browser. */
async function staleAdminInBrowser() {
  const admin = await signUpInBrowser(app)
  await promote(app, admin.me.id)
  await age(admin.me.id, 11)
  return admin
}

function setOwnRoles(through: TestApp, userId: string, caller: object) {
  return through.request(identity, 'setUserRoles', { id: userId, roles: ['user', 'admin'] }, caller)
}

test('sensitive operations are refused ten minutes after the sign-in, even with refreshed tokens', async () => {
  const { client, user, accessToken } = await staleAdmin()
  await assert.rejects(client.setUserRoles({ id: user.id, roles: ['user', 'admin'] }), {
    code: 'fresh-sign-in-required',
    status: 403,
  })
  await client.listUsers({})
  await age(user.id, -2)
  assert.equal((await setOwnRoles(app, user.id, { token: accessToken })).status, 403, 'a token keeps what it says')
})

test('an API client can step up by password, and only the new tokens count as fresh', async () => {
  const { client, user, accessToken, refreshToken } = await staleAdmin()
  const tokens = await client.stepUp({ password })
  assert.equal((await setOwnRoles(app, user.id, { token: accessToken })).status, 403)
  assert.equal((await setOwnRoles(app, user.id, { token: tokens.accessToken })).status, 200)
  assert.notEqual(tokens.refreshToken, refreshToken)
  await app.client(identity).refresh({ refreshToken: tokens.refreshToken })
})

test('a wrong password neither steps up nor changes the cookie', async () => {
  const { client, user } = await staleAdmin()
  await assert.rejects(client.stepUp({ password: 'wrong password' }), { code: 'identity.wrong-credentials' })
  await assert.rejects(client.setUserRoles({ id: user.id, roles: ['user'] }), { code: 'fresh-sign-in-required' })
  const web = await staleAdminInBrowser()
  const { status, headers } = await app.request(identity, 'webStepUp', { password: 'wrong password' }, web.caller)
  assert.deepEqual([status, headers['set-cookie']], [401, undefined])
  assert.equal((await setOwnRoles(app, web.me.id, web.caller)).status, 403)
})

test('A12: step-up gives a browser a new cookie; the old cookie gains no rights', async () => {
  const { me, cookie, caller } = await staleAdminInBrowser()
  assert.equal((await setOwnRoles(app, me.id, caller)).status, 403)
  const { status, headers, body } = await app.request(identity, 'webStepUp', { password }, caller)
  assert.deepEqual([status, (body as Me).id], [200, me.id])
  assert.match(String(headers['set-cookie']), /^oct=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=77\d{5}$/)
  assert.notEqual(cookieIn(headers), cookie)
  assert.equal((await setOwnRoles(app, me.id, browser(cookieIn(headers)))).status, 200)
  const otherProcess = await openIdentity({ after }, { sharing: app })
  for (const process of [app, otherProcess]) {
    assert.equal((await setOwnRoles(process, me.id, caller)).status, 403, 'the old cookie is still not fresh')
    assert.equal((await process.request(identity, 'getMe', {}, caller)).status, 200, 'but good for what is under way')
  }
  await sql`update sessions set previous_cookie_until = clock_timestamp() where user_id = ${me.id}`
  const third = await openIdentity({ after }, { sharing: app })
  assert.equal((await third.request(identity, 'getMe', {}, caller)).status, 401, 'and for no longer than that')
})

test('R2: a browser that lost the step-up response stays signed in and can retry', async () => {
  const { me, caller } = await staleAdminInBrowser()
  await app.request(identity, 'webStepUp', { password }, caller)
  const otherProcess = await openIdentity({ after }, { sharing: app })
  assert.equal((await otherProcess.request(identity, 'getMe', {}, caller)).status, 200)
  const { headers } = await otherProcess.request(identity, 'webStepUp', { password }, caller)
  assert.equal((await setOwnRoles(otherProcess, me.id, browser(cookieIn(headers)))).status, 200)
})

test('a new cookie used 20 times concurrently becomes current once', async () => {
  const { me, caller } = await staleAdminInBrowser()
  const { headers } = await app.request(identity, 'webStepUp', { password }, caller)
  const processes = [app, await openIdentity({ after }, { sharing: app })]
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      setOwnRoles(processes[n % 2] as TestApp, me.id, browser(cookieIn(headers))).then(({ status }) => status),
    ),
  )
  assert.deepEqual(new Set(answers), new Set([200]))
})

test('signing out after a step-up revokes both cookies', async () => {
  const { caller } = await staleAdminInBrowser()
  const { headers } = await app.request(identity, 'webStepUp', { password }, caller)
  const next = browser(cookieIn(headers))
  assert.equal((await app.request(identity, 'logout', {}, caller)).status, 204)
  for (const one of [caller, next]) assert.equal((await app.request(identity, 'getMe', {}, one)).status, 401)
})

test('each kind of session steps up at its own route, and anonymous callers cannot', async () => {
  const web = await signUpInBrowser(app)
  const api = await signUp(app)
  const browserAtApi = await app.request(identity, 'stepUp', { password }, web.caller)
  const apiAtBrowser = await app.request(identity, 'webStepUp', { password }, api.caller)
  for (const { status, body } of [browserAtApi, apiAtBrowser]) {
    assert.deepEqual([status, (body as { code: string }).code], [409, 'identity.other-session-kind'])
  }
  assert.equal((await app.request(identity, 'stepUp', { password })).status, 401)
  assert.equal((await app.request(identity, 'webStepUp', { password }, { headers: fromOurPage })).status, 401)
  const crossSite = { headers: { ...web.caller.headers, 'sec-fetch-site': 'cross-site' } }
  assert.equal((await app.request(identity, 'webStepUp', { password }, crossSite)).status, 403)
  await assert.rejects(api.client.stepUp({} as never), { code: 'validation-failed' })
})

test('a day-old cookie is replaced at the next page load and stays valid for a minute (24 h rotation)', async () => {
  const { me, caller, cookie } = await signUpInBrowser(app)
  const young = await app.request(identity, 'getMe', {}, caller)
  assert.equal(young.headers['set-cookie'], undefined)
  await age(me.id, 24 * 60 + 1)
  const { headers } = await app.request(identity, 'getMe', {}, caller)
  assert.notEqual(cookieIn(headers), cookie)
  const again = await app.request(identity, 'getMe', {}, caller)
  assert.equal(again.headers['set-cookie'], undefined, 'tabs that load at once get one')
  const next = await app.request(identity, 'getMe', {}, browser(cookieIn(headers)))
  assert.deepEqual([next.status, next.headers['set-cookie']], [200, undefined])
  const other = await openIdentity({ after }, { sharing: app })
  assert.equal((await other.request(identity, 'getMe', {}, caller)).status, 200)
  await sql`update sessions set previous_cookie_until = clock_timestamp() where user_id = ${me.id}`
  const third = await openIdentity({ after }, { sharing: app })
  assert.equal((await third.request(identity, 'getMe', {}, caller)).status, 401)
})
