import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity, type Me } from '@octet/contracts/identity'
import {
  browser,
  cookieIn,
  fromOurPage,
  makeRegistration,
  openIdentity,
  password,
  signUp,
  signUpInBrowser,
} from './make.ts'

const app = await openIdentity({ after })

function logIn(input: object, headers: Record<string, string> = fromOurPage) {
  return app.request(identity, 'webLogin', input, { headers })
}

test('registration in a browser answers 201 with the account and an HttpOnly cookie', async () => {
  const registration = makeRegistration()
  const { status, headers, body } = await app.request(identity, 'webRegister', registration, { headers: fromOurPage })
  assert.equal(status, 201)
  assert.match(String(headers['set-cookie']), /^oct=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000$/)
  const caller = browser(cookieIn(headers))
  assert.deepEqual(await app.client(identity, caller).getMe({}), body)
  assert.deepEqual(Object.keys(body as object).includes('refreshToken'), false)
})

test('over https cookies are Secure and host-bound', async t => {
  const secure = await openIdentity(t, { origin: 'https://octet.example' })
  const registration = makeRegistration()
  const { headers } = await secure.request(identity, 'webRegister', registration, { headers: fromOurPage })
  assert.match(
    String(headers['set-cookie']),
    /^__Host-oct=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/,
  )
  const { client } = { client: secure.client(identity, browser(cookieIn(headers, '__Host-oct'))) }
  await client.getMe({})
  const input = { login: registration.username, password: registration.password }
  const again = await secure.request(identity, 'webLogin', input, { headers: fromOurPage })
  const set = String(again.headers['set-cookie'])
  assert.match(set, /,__Host-oct-device=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure/)
})

test('only a hash of the cookie is stored', async () => {
  const { cookie } = await signUpInBrowser(app)
  const rows = await app.db('identity').sql`
    select 1 from sessions where position(${Buffer.from(cookie.slice('oct='.length))}::bytea in cookie_hash) > 0
       or cookie_hash = decode(translate(${cookie.slice('oct='.length)}, '-_', '+/') || '=', 'base64')`
  assert.equal(rows.length, 0)
})

test('without "remember me" the cookie ends with the browser and the session after twelve idle hours', async () => {
  const { registration } = await signUpInBrowser(app)
  const login = registration.username
  const { headers } = await logIn({ login, password, remember: false })
  assert.match(String(headers['set-cookie']), /; SameSite=Lax$/)
  const [row] = await app.db('identity').sql<{ hours: number }[]>`
    select idle_seconds / 3600 as hours from sessions join users on users.id = user_id
    where username = ${login} order by sessions.created_at desc limit 1`
  assert.equal(row?.hours, 12)
})

test('R5: a wrong password or an invalid body neither sets nor clears a cookie', async () => {
  const { cookie, registration, client } = await signUpInBrowser(app)
  const headers = { ...fromOurPage, cookie }
  const login = registration.username
  for (const [input, wanted] of [
    [{ login, password: 'wrong password' }, 401],
    [{ login }, 400],
    [{ login, password, remember: 'yes' }, 400],
  ] as const) {
    const answer = await logIn(input, headers)
    assert.equal(answer.status, wanted)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  await client.getMe({})
  const stray = await app.request(identity, 'getMe', {}, browser(`oct=${'A'.repeat(43)}`))
  assert.deepEqual([stray.status, stray.headers['set-cookie']], [401, undefined])
})

test('A12: sign-in creates a new session and ends the previous one', async () => {
  const { cookie, registration } = await signUpInBrowser(app)
  const { status, headers, body } = await logIn({ login: registration.username, password }, { ...fromOurPage, cookie })
  assert.equal(status, 200)
  assert.notEqual(cookieIn(headers), cookie)
  await assert.rejects(app.client(identity, browser(cookie)).getMe({}), { code: 'unauthenticated' })
  const mine = app.client(identity, browser(cookieIn(headers)))
  assert.deepEqual(await mine.getMe({}), body)
  assert.equal((await mine.listDevices({})).data.length, 1)
})

test('A12: a planted cookie is never adopted', async () => {
  const { registration } = await signUpInBrowser(app)
  const planted = `oct=${'P'.repeat(43)}`
  const { headers } = await logIn({ login: registration.username, password }, { ...fromOurPage, cookie: planted })
  assert.notEqual(cookieIn(headers), planted)
  await assert.rejects(app.client(identity, browser(planted)).getMe({}), { code: 'unauthenticated' })
})

test('A12: signing out revokes cookie and tokens of that session only, at once', async () => {
  const { cookie, caller, registration } = await signUpInBrowser(app)
  const api = await app.client(identity).login({ login: registration.username, password })
  const apiCaller = { token: api.accessToken }
  const { status, headers } = await app.request(identity, 'logout', {}, caller)
  assert.equal(status, 204)
  assert.equal(headers['set-cookie'], 'oct=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
  assert.equal((await app.request(identity, 'getMe', {}, browser(cookie))).status, 401)
  assert.equal((await app.request(identity, 'getMe', {}, apiCaller)).status, 200)
  assert.equal((await app.request(identity, 'logout', {}, apiCaller)).status, 204)
  assert.equal((await app.request(identity, 'getMe', {}, apiCaller)).status, 401)
  assert.equal((await app.request(identity, 'refresh', { refreshToken: api.refreshToken })).status, 401)
})

test('A12: signing out requires a session, a POST, the scope and a same-origin page', async () => {
  const { cookie, client } = await signUpInBrowser(app)
  assert.equal((await app.request(identity, 'logout', {})).status, 401)
  assert.equal(
    (await app.http.inject({ method: 'GET', url: '/api/v1/auth/logout', headers: { cookie } })).statusCode >= 404,
    true,
  )
  for (const headers of [
    { cookie, 'sec-fetch-site': 'cross-site' },
    { cookie, 'sec-fetch-site': 'same-site' },
    { cookie, origin: 'https://evil.example' },
    { cookie },
  ] as Record<string, string>[]) {
    assert.equal((await app.request(identity, 'logout', {}, { headers })).status, 403, JSON.stringify(headers))
  }
  await client.getMe({})
  const { status } = await app.request(identity, 'logout', {}, { headers: { cookie, origin: 'http://localhost:3000' } })
  assert.equal(status, 204)
})

test('another site cannot sign a browser in', async () => {
  const { registration } = await signUpInBrowser(app)
  const input = { login: registration.username, password }
  const { status, headers } = await logIn(input, { 'sec-fetch-site': 'cross-site' })
  assert.deepEqual([status, headers['set-cookie']], [403, undefined])
})

test('a session ends after its idle or absolute lifetime', async () => {
  for (const column of ['idle_expires_at', 'absolute_expires_at'] as const) {
    const { caller, me } = await signUpInBrowser(app)
    const { sql } = app.db('identity')
    await sql`update sessions set ${sql(column)} = clock_timestamp() where user_id = ${me.id}`
    assert.equal((await app.request(identity, 'getMe', {}, caller)).status, 401, column)
  }
})

test('with a bearer token the cookie is ignored', async () => {
  const { cookie } = await signUpInBrowser(app)
  const api = await signUp(app)
  const { body } = await app.request(identity, 'getMe', {}, { token: api.accessToken, headers: { cookie } })
  assert.equal((body as Me).id, api.user.id)
  assert.equal((await app.request(identity, 'getMe', {}, { token: 'bad', headers: { cookie } })).status, 401)
})

test('a role change does not sign a browser out', async () => {
  const admin = await signUpInBrowser(app)
  const { sql } = app.db('identity')
  await sql`update users set roles = '{user,admin}', access_version = access_version + 1 where id = ${admin.me.id}`
  const signedIn = await logIn({ login: admin.registration.username, password })
  const { client, me } = await signUpInBrowser(app)
  await client.getMe({})
  const asAdmin = app.client(identity, browser(cookieIn(signedIn.headers)))
  await asAdmin.setUserRoles({ id: me.id, roles: ['moderator'] })
  assert.deepEqual((await client.getMe({})).roles, ['moderator'])
  await client.listUsers({})
  await asAdmin.setUserRoles({ id: me.id, roles: ['user'] })
  await assert.rejects(client.listUsers({}), { code: 'forbidden' })
})
