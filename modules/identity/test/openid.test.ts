import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { identity, type Me } from '@octet/contracts/identity'
import { testApp } from '@octet/testkit'
// @ts-expect-error it brings no types
import { Provider } from 'oidc-provider'
import { codeOf } from '../src/factors/totp.ts'
import { identityModule } from '../src/module.ts'
import { safeReturnPath } from '../src/providers/return-path.ts'
import { create, get } from './authenticator.ts'
import { bytesOf, fromOurPage, makeRegistration, signUp } from './make.ts'

const origin = 'http://localhost:3000'
const people: Record<string, { email: string; email_verified: boolean }> = {}
const server = createServer((request, response) => void handle(request, response))
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
after(() => new Promise(resolve => server.close(resolve)))
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const provider = new Provider(issuer, {
  clients: [{ client_id: 'octet', client_secret: 'secret', redirect_uris: [`${origin}/auth/callback/here`] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_ctx: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  features: { devInteractions: { enabled: true } },
})
const handle = provider.callback()
const settings = { OCTET_OPENID: `here ${issuer} octet secret` }
const app = await testApp({ after }, { modules: [identityModule], settings })

function cookiesOf(headers: { getSetCookie(): string[] } | Record<string, unknown>): string[] {
  const set = 'getSetCookie' in headers ? (headers as Headers).getSetCookie() : [headers['set-cookie'] ?? []].flat()
  return (set as string[]).map(one => one.split(';')[0] ?? '')
}

/** Plays the browser at the provider: signs in there and consents, until it is sent back to us. */
async function consent(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>()
  let next = url
  let form: string | undefined
  for (let step = 0; step < 12; step++) {
    if (next.startsWith(origin)) return next
    const answer = await fetch(next, {
      method: form === undefined ? 'GET' : 'POST',
      body: form,
      redirect: 'manual',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    })
    for (const cookie of cookiesOf(answer.headers)) jar.set(cookie.split('=')[0] ?? '', cookie.replace(/^[^=]*=/, ''))
    const location = answer.headers.get('location')
    const page = await answer.text()
    form = undefined
    if (location !== null) next = new URL(location, next).href
    else form = page.includes('name="login"') ? `prompt=login&login=${login}&password=x` : 'prompt=consent'
  }
  throw new Error('the provider did not send us back')
}

async function start(operation = 'startProviderLogin', input: object = {}, headers: Record<string, string> = {}) {
  const answer = await app.request(
    identity,
    operation,
    { provider: 'here', ...input },
    { headers: { ...fromOurPage, ...headers } },
  )
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return { url: (answer.body as { url: string }).url, flow: cookiesOf(answer.headers)[0] ?? '' }
}

function back(url: string, cookie: string) {
  return app.http.inject({ method: 'GET', url: url.slice(origin.length), headers: { cookie } })
}

async function signIn(login: string, input: object = {}) {
  const { url, flow } = await start('startProviderLogin', input)
  const returned = await consent(url, login)
  const answer = await back(returned, flow)
  const cookie = cookiesOf(answer.headers).find(one => one.startsWith('oct='))
  return { returned, flow, answer, cookie, location: answer.headers.location }
}

async function meOf(cookie: string): Promise<Me> {
  return app.client(identity, { headers: { ...fromOurPage, cookie } }).getMe({})
}

test('a provider sign-in creates one account, reuses it, and returns to the page it started from', async () => {
  people.ada = { email: 'ada@people.example', email_verified: true }
  const first = await signIn('ada', { returnTo: '/links?x=1' })
  assert.deepEqual([first.answer.statusCode, first.location], [303, '/links?x=1'])
  const me = await meOf(first.cookie ?? '')
  assert.deepEqual([me.email, me.emailVerified], ['ada@people.example', true])
  const again = await signIn('ada')
  assert.equal((await meOf(again.cookie ?? '')).id, me.id)
})

test('A9: an address at a provider, verified or not, never opens an existing account', async () => {
  const registration = { ...makeRegistration(), email: 'owner@people.example' }
  const owner = await signUp(app, registration)
  await app.db('identity').sql`update users set email_verified = true where id = ${owner.user.id}`
  people.same = { email: 'owner@people.example', email_verified: true }
  people.liar = { email: 'owner@people.example', email_verified: false }
  for (const login of ['same', 'liar']) {
    const { location, cookie } = await signIn(login)
    assert.deepEqual([location, cookie], ['/sign-in?problem=identity.email-taken', undefined])
  }
  people.claims = { email: 'claims@people.example', email_verified: false }
  const { cookie } = await signIn('claims')
  assert.equal((await meOf(cookie ?? '')).emailVerified, false)
})

test('A5, A6: an OpenID callback is accepted once, only from the browser that started it, with its state', async () => {
  people.bob = { email: 'bob@people.example', email_verified: true }
  const away = await start()
  assert.equal(new URL(away.url).searchParams.get('code_challenge_method'), 'S256')
  const returned = await consent(away.url, 'bob')
  const refused = '/sign-in?problem=identity.provider-refused'
  const other = await start()
  assert.equal((await back(returned, '')).headers.location, refused, 'no cookie')
  assert.equal((await back(returned, other.flow)).headers.location, refused, 'another browser')
  const answers = await Promise.all(Array.from({ length: 20 }, () => back(returned, away.flow)))
  assert.equal(answers.filter(({ headers }) => headers.location !== refused).length, 1)
  const third = await start()
  const changed = (await consent(third.url, 'bob')).replace(/state=[^&]+/, 'state=forged')
  assert.equal((await back(changed, third.flow)).headers.location, refused, 'another state')
  const noChallenge = new URL((await start()).url)
  noChallenge.searchParams.delete('code_challenge')
  noChallenge.searchParams.delete('code_challenge_method')
  assert.match(await consent(noChallenge.href, 'bob'), /error=invalid_request/)
})

test('A4: a return path stays on this site or becomes the front page', () => {
  for (const path of ['/', '/links?q=a#b', '/chat/rooms/1']) assert.equal(safeReturnPath(path, origin), path)
  const evil = [
    ...['//evil.com', '/\\evil.com', '/%09/evil.com', '/\t/evil.com', 'https:evil.com', 'https://evil.com', '///evil'],
    ...['/..;/admin', '/a/../../b', '/%2fevil.com', '/%252fevil.com', '/%5cevil.com', 'javascript:alert(1)', ''],
    ...['@evil.com', '/\u0000', '/%0d%0aset-cookie:x', '/%', 'HTTPS://EVIL.com.', '/ x', '\\/evil.com', '/.//evil.com'],
  ]
  for (const path of evil) assert.equal(safeReturnPath(path, origin), '/', path)
})

/** An account created by a provider sign-in, with a cookie. */
async function comeAs(login: string) {
  people[login] = { email: `${login}@people.example`, email_verified: true }
  const { cookie = '' } = await signIn(login)
  return { cookie, client: app.client(identity, { headers: { ...fromOurPage, cookie } }), me: await meOf(cookie) }
}

async function linkTo(cookie: string, login: string) {
  const { url, flow } = await start('startProviderLink', {}, { cookie })
  return (await back(await consent(url, login), `${flow}; ${cookie}`)).headers.location
}

test('with a second factor enabled a provider sign-in returns a challenge in the fragment and no session', async () => {
  const { client, me } = await comeAs('careful')
  const { secret } = await client.startTotp({})
  const code = codeOf(bytesOf(secret), Math.floor(Date.now() / 30_000))
  const { recoveryCodes } = await client.confirmTotp({ code })
  const { location, cookie } = await signIn('careful', { returnTo: '/chat?room=1' })
  assert.equal(cookie, undefined)
  const [page, fragment = ''] = String(location).split('#')
  assert.equal(page, '/sign-in')
  const { challenge = '', factors, returnTo } = Object.fromEntries(new URLSearchParams(fragment))
  assert.deepEqual([factors, returnTo], ['totp recovery-code', '/chat?room=1'])
  const input = { challenge, recoveryCode: recoveryCodes[0] }
  const { status, body } = await app.request(identity, 'webFinishLogin', input, { headers: fromOurPage })
  assert.deepEqual([status, (body as Me).id], [200, me.id])
})

test('A13: a provider cannot sign in to a disabled account', async () => {
  const { me } = await comeAs('shut')
  await app.db('identity').sql`update users set disabled_at = now(), disabled_reason = 'x' where id = ${me.id}`
  const { location, cookie } = await signIn('shut')
  assert.deepEqual([location, cookie], ['/sign-in?problem=identity.account-disabled', undefined])
})

test('A9: the signed-in account links providers, each to one account; the last sign-in method stays', async () => {
  const one = await comeAs('first')
  const two = await comeAs('second')
  await assert.rejects(one.client.unlinkProvider({ provider: 'here' }), { code: 'identity.last-way-in' })
  assert.equal((await one.client.listLinkedProviders({})).data.length, 1, 'nothing was taken away')
  assert.equal(await linkTo(one.cookie, 'second'), '/sign-in?problem=identity.provider-linked-elsewhere')
  // A passkey is a sign-in method: with it the provider can be unlinked, and afterwards the passkey cannot be removed.
  const { options } = await one.client.startPasskey({})
  const { passkey, answer } = create(options)
  const kept = await one.client.addPasskey({ passkey: answer })
  await one.client.unlinkProvider({ provider: 'here' })
  await assert.rejects(one.client.removePasskey({ id: kept.passkey.id }), { code: 'identity.last-way-in' })
  const asked = await app.client(identity).passkeyOptions({ purpose: 'sign-in' })
  const { user } = await app.client(identity).passkeyLogin({ passkey: get(passkey, asked.options) })
  assert.equal(user.id, one.me.id)
  // An unlinked provider account no longer signs in and can be linked again.
  people.other = { email: 'other@people.example', email_verified: false }
  assert.equal(await linkTo(one.cookie, 'other'), '/')
  assert.deepEqual(
    (await one.client.listLinkedProviders({})).data.map(({ label }) => label),
    ['other@people.example'],
  )
  await one.client.removePasskey({ id: kept.passkey.id })
  assert.equal((await meOf((await signIn('other')).cookie ?? '')).id, one.me.id)
  assert.equal((await meOf((await signIn('second')).cookie ?? '')).id, two.me.id)
})

test('linking started by one session cannot be finished by another', async () => {
  const one = await comeAs('starter')
  const two = await comeAs('finisher')
  people.extra = { email: 'extra@people.example', email_verified: true }
  const { url, flow } = await start('startProviderLink', {}, { cookie: one.cookie })
  const returned = await consent(url, 'extra')
  const refused = '/sign-in?problem=identity.provider-refused'
  assert.equal((await back(returned, `${flow}; ${two.cookie}`)).headers.location, refused)
  assert.equal((await back(returned, `${flow}; ${one.cookie}`)).headers.location, refused, 'it was used up')
})

test('A14: addresses from a provider’s documents never reach the internal network', async t => {
  const asked: string[] = []
  const rogue = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`)
    const port = (rogue.address() as AddressInfo).port
    const issuer = `http://127.0.0.1:${port}`
    const inside = `http://localhost:${port}`
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${inside}/token` },
        ...{ jwks_uri: `${inside}/keys`, code_challenge_methods_supported: ['S256'] },
      }),
    )
  })
  await new Promise<void>(resolve => rogue.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise<void>(resolve => rogue.close(() => resolve()))
  const issuer = `http://127.0.0.1:${(rogue.address() as AddressInfo).port}`
  const settings = { OCTET_OPENID: `rogue ${issuer} octet secret` }
  const there = await testApp(t, { modules: [identityModule], settings })
  const caller = { headers: fromOurPage }
  const begun = await there.request(identity, 'startProviderLogin', { provider: 'rogue' }, caller)
  const state = new URL((begun.body as { url: string }).url).searchParams.get('state')
  const { headers } = await there.http.inject({
    method: 'GET',
    url: `/auth/callback/rogue?code=x&state=${state}`,
    headers: { cookie: cookiesOf(begun.headers)[0] ?? '' },
  })
  assert.equal(headers.location, '/sign-in?problem=identity.provider-refused')
  assert.deepEqual(
    asked.filter(one => one.startsWith('localhost')),
    [],
  )
  assert.equal(asked.length, 1, 'the issuer itself was asked')
  await close()
})

test('while registrations are off a provider signs existing accounts in and creates none', async t => {
  const known = await comeAs('known')
  t.after(() => app.setFlag('identity.registrations', null))
  await app.setFlag('identity.registrations', 0)
  people.late = { email: 'late@people.example', email_verified: true }
  const { location, cookie } = await signIn('late')
  assert.deepEqual([location, cookie], ['/sign-in?problem=identity.registrations-off', undefined])
  assert.equal((await comeAs('known')).me.id, known.me.id)
})
