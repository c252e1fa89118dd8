/** Password attempts are counted for all processes together and before hashing, and clients cannot evade the count. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { usernameKey } from '../src/account/rules.ts'
import { forgetAttempts, takeAttempts } from '../src/passwords/attempt-store.ts'
import {
  contextOf,
  cookieIn,
  fromOurPage,
  heldUp,
  openIdentity,
  password,
  signUp,
  stateOf,
  stretchDelays,
} from './make.ts'

const app = await openIdentity({ after }, { trustedProxies: 1 })
const { sql } = app.db('identity')
const wrong = 'not the password'

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
const counted = (name: string, freeMax = 3) => {
  return { key: name, freeMax, delayMsMax: 8_000, forgetMs: 60_000 }
}
const allAttempts = { key: 'all attempts of this file', freeMax: 1e9, delayMsMax: 0, forgetMs: 1 }
const letPass = (name: string, ms: number) => sql`
  update sign_in_attempts
  set counted_at = counted_at - make_interval(secs => ${ms / 1000}),
      open_at = open_at - make_interval(secs => ${ms / 1000})
  where key = ${name}`

test('attempts beyond the free ones wait 1, 2, 4, 8 and then 8 seconds', async () => {
  const waits: number[] = []
  for (let count = 1; count <= 8; count++) {
    assert.equal(await takeAttempts(contextOf(app).db, [allAttempts, counted('growing')]), 0)
    const [row] = await sql<{ wait: number }[]>`
      select extract(epoch from open_at - counted_at)::float8 as wait from sign_in_attempts
      where key = ${'growing'}`
    waits.push(row?.wait ?? -1)
    await sql`update sign_in_attempts set open_at = '-infinity' where key = ${'growing'}`
  }
  assert.deepEqual(waits, [0, 0, 0, 1, 2, 4, 8, 8])
})

test('attempts expire one by one, and a clock set back does not reset them', async () => {
  const take = () => takeAttempts(contextOf(app).db, [allAttempts, counted('forgetting')])
  for (let count = 0; count < 4; count++) assert.equal(await take(), 0)
  await sql`update sign_in_attempts set open_at = open_at + interval '1 minute' where key = 'forgetting'`
  assert.ok((await take()) > 500)
  await letPass('forgetting', 2 * 60_000)
  assert.equal(await take(), 0)
  const [row] = await sql<{ count: number }[]>`
    select count from sign_in_attempts where key = ${'forgetting'}`
  assert.ok(Math.abs((row?.count ?? 0) - 3) < 0.1, '4 - 2 + 1')
  await letPass('forgetting', -60 * 60_000)
  assert.ok((await take()) >= 0)
})

test('only 11 of 40 concurrent guesses over two processes are checked', async t => {
  const there = await openIdentity(t, { sharing: app, trustedProxies: 1 })
  const { registration } = await signUp(app)
  const verifies = [app, there].map(on => t.mock.method(stateOf(on).passwords, 'verify'))
  const guess = { login: registration.username, password: wrong }
  const statuses = await heldUp(app, { lock: 'lock table sign_in_attempts in exclusive mode', waiters: 4 }, () => {
    return Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const on = index % 2 === 0 ? app : there
        return (await on.request(identity, 'login', guess, from('203.0.113.9'))).status
      }),
    )
  })
  const tried = statuses.filter(status => status === 401).length
  assert.ok(tried === 11 || tried === 12, `${tried} tried; the delay is a second, and the machine may be slow`)
  assert.equal(statuses.filter(status => status === 429).length, 40 - tried)
  assert.equal(
    verifies.reduce((sum, verify) => sum + verify.mock.callCount(), 0),
    11,
    'others cost no hash',
  )
  const right = { login: registration.username, password }
  await stretchDelays(app)
  assert.equal((await there.request(identity, 'login', right, from('203.0.113.9'))).status, 429)
  assert.equal((await there.request(identity, 'login', right, from('198.51.100.1'))).status, 200)
})

test('A2: forged X-Forwarded-For values do not evade the counter', async () => {
  const { registration } = await signUp(app)
  const guess = { login: registration.username, password: wrong }
  // The proxy appends the address it saw. Everything before that was sent by the client.
  const spellings = [
    '2001:db8:7:7::1',
    '2001:DB8:7:7::2',
    '2001:db8:7:7:0:0:0:3',
    '2001:0db8:0007:0007:ffff:ffff:ffff:fff4',
    'garbage, 2001:db8:7:7::5',
    '8.8.8.8, 9.9.9.9, 2001:db8:7:7::6',
    '"; drop table users; --, 2001:db8:7:7::7',
    `${'1.1.1.1, '.repeat(200)}2001:db8:7:7::8`,
    '2001:db8:7:7:1:2:3:9',
    '2001:db8:7:7::a',
    '2001:db8:7:7::b',
  ]
  for (const spelling of spellings) {
    assert.equal((await app.request(identity, 'login', guess, from(spelling))).status, 401, spelling)
  }
  await stretchDelays(app)
  for (const spelling of spellings) {
    const { status, headers } = await app.request(identity, 'login', guess, from(spelling))
    assert.equal(status, 429, spelling)
    assert.ok(Number(headers['retry-after']) >= 1)
  }
})

test('A2: without a trusted proxy the header is ignored', async t => {
  const plain = await openIdentity(t, { sharing: app })
  const { registration } = await signUp(app)
  const guess = { login: registration.username, password: wrong }
  const statuses: number[] = []
  for (let index = 0; index < 12; index++) {
    if (index === 11) await stretchDelays(app)
    statuses.push((await plain.request(identity, 'login', guess, from(`198.51.100.${index}`))).status)
  }
  assert.deepEqual(statuses.slice(10), [401, 429])
})

test('a correct password removes its own attempt from every counter', async () => {
  const { registration } = await signUp(app)
  const login = { login: registration.username, password }
  for (let index = 0; index < 15; index++) {
    assert.equal((await app.request(identity, 'login', login, from('192.0.2.77'))).status, 200)
  }
})

test('under many attempts overall each account and network keeps a quarter of its allowance', async () => {
  const storm = { key: 'storm', freeMax: 20, delayMsMax: 0, forgetMs: 60_000 }
  const { db } = contextOf(app)
  for (let index = 0; index < 20; index++) await takeAttempts(db, [storm, counted(`calm ${index}`, 8)])
  const waits: number[] = []
  for (let index = 0; index < 4; index++) waits.push(await takeAttempts(db, [storm, counted('quarter', 8)]))
  assert.deepEqual(
    waits.map(wait => wait > 0),
    [false, false, false, true],
    'two free ones instead of eight',
  )
  assert.equal(
    await takeAttempts(db, [storm, counted('another account', 8)]),
    0,
    'and other accounts are not locked out',
  )
})

test('counters hold no name or address and are deleted when they expire', async () => {
  await app.request(identity, 'login', { login: 'who_is_this', password: wrong }, from('192.0.2.200'))
  const rows = await sql<{ line: string }[]>`select key as line from sign_in_attempts`
  assert.ok(rows.every(({ line }) => !line.includes('who_is_this') && !line.includes('192.0.2')))
  await sql`update sign_in_attempts set forgotten_at = clock_timestamp() - interval '1 second'`
  await forgetAttempts(app.db('identity'))
  const [left] = await sql<{ count: number }[]>`select count(*)::int from sign_in_attempts`
  assert.equal(left?.count, 0)
})

test('counting takes one statement and no synchronous commit', async t => {
  const { db } = contextOf(app)
  const rounds = 200
  const take = (name: string) => takeAttempts(db, [allAttempts, counted(name, 1e6), counted(`${name} b`, 1e6)])
  for (let round = 0; round < 20; round++) await take('warm')
  const startedMs = performance.now()
  for (let round = 0; round < rounds; round++) await take(`cost ${round % 10}`)
  const eachMs = (performance.now() - startedMs) / rounds
  t.diagnostic(`${eachMs.toFixed(2)} ms each`)
  assert.ok(eachMs < 200)
})

test('guessing strangers cannot delay a trusted browser, and its cookie is not a factor', async () => {
  const { registration, user } = await signUp(app)
  const login = (input: object, cookie = '', address = '198.51.100.7') => {
    const headers = { ...from(address).headers, 'sec-fetch-site': 'same-origin', cookie }
    return app.request(identity, 'webLogin', { login: registration.username, password, ...input }, { headers })
  }
  const first = await login({})
  const device = cookieIn(first.headers, 'oct-device')
  const attributes = [first.headers['set-cookie'] as unknown as string[]].flat()[1] ?? ''
  assert.match(attributes, /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000$/)
  assert.ok(
    !Buffer.from(device.slice(11), 'base64url').toString('latin1').includes(user.id),
    'the cookie does not reveal its account',
  )
  const other = await signUp(app)
  const theirs = await app.request(
    identity,
    'webLogin',
    { login: other.registration.username, password },
    { headers: { 'sec-fetch-site': 'same-origin' } },
  )
  const foreign = cookieIn(theirs.headers, 'oct-device')
  // Strangers from many networks use up the account's attempts.
  for (let index = 0; index < 101; index++) {
    await stateOf(app)
      .throttle.take({ account: usernameKey(registration.username), address: `192.0.2.${index}` })
      .catch(() => undefined)
  }
  await stretchDelays(app)
  assert.equal((await login({})).status, 429)
  assert.equal((await login({}, foreign)).status, 429, 'a cookie of another account does not help')
  assert.equal((await login({}, `${device.slice(0, -2)}AA`)).status, 429, 'nor a forged one')
  assert.equal((await login({ password: wrong }, device)).status, 401, 'the cookie is not a factor')
  assert.equal((await login({}, device)).status, 200)
  // Guesses with the cookie are counted too.
  const guesses = []
  for (let index = 0; index < 12; index++) {
    guesses.push((await login({ password: wrong }, device, `203.0.113.${index + 100}`)).status)
    await stretchDelays(app)
  }
  assert.deepEqual(guesses.slice(-2), [401, 429])
})

test('a browser without "remember me" gets only session cookies', async () => {
  const { registration } = await signUp(app)
  const input = { login: registration.username, password, remember: false }
  const { status, headers } = await app.request(identity, 'webLogin', input, { headers: fromOurPage })
  assert.equal(status, 200)
  assert.doesNotMatch(String(headers['set-cookie']), /Max-Age|oct-device/)
})
