import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { makeRegistration, openIdentity, password, signUp, signUpInBrowser, stateOf } from './make.ts'

const app = await openIdentity({ after }, { trustedProxies: 1 })

test('all signed-in devices are listed by page, the latest use first', async () => {
  const { client, registration, user } = await signUp(app)
  const login = { login: registration.username, password }
  const headers = { 'user-agent': 'Lynx/2.9', 'x-forwarded-for': '203.0.113.77' }
  await app.client(identity, { headers }).login(login)
  await app.client(identity, { headers: { 'x-forwarded-for': '2001:db8:aaaa:bbbb::1' } }).login(login)
  const { data, meta } = await client.listDevices({})
  assert.equal(meta.hasMore, false)
  assert.deepEqual(
    data.map(({ kind, userAgent, address, current }) => ({ kind, userAgent, address, current })),
    [
      { kind: 'api', userAgent: 'lightMyRequest', address: '2001:db8:aaaa::/48', current: false },
      { kind: 'api', userAgent: 'Lynx/2.9', address: '203.0.113.0/24', current: false },
      { kind: 'api', userAgent: 'lightMyRequest', address: '127.0.0.0/24', current: true },
    ],
  )
  const paged = []
  let cursor: string | undefined
  do {
    const page = await client.listDevices({ limit: 1, cursor })
    paged.push(...page.data)
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(paged, data)
  assert.ok(user.id)
})

test('listing devices rejects invalid limits and cursors, and anonymous callers', async () => {
  const { client, caller } = await signUp(app)
  await assert.rejects(client.listDevices({ limit: 0 }), { code: 'validation-failed' })
  await assert.rejects(client.listDevices({ cursor: 'nonsense' }), { code: 'validation-failed' })
  assert.equal((await app.request(identity, 'listDevices', { limit: 'many' } as never, caller)).status, 400)
  await assert.rejects(app.client(identity).listDevices({}), { code: 'unauthenticated' })
})

test('signing out a device takes effect at once and is idempotent', async () => {
  const { client, registration } = await signUp(app)
  const other = await app.client(identity).login({ login: registration.username, password })
  const theirs = (await client.listDevices({})).data.find(({ current }) => !current)
  assert.ok(theirs !== undefined)
  assert.equal(
    (await app.request(identity, 'signOutDevice', { id: theirs.id }, { token: other.accessToken })).status,
    204,
  )
  await assert.rejects(app.client(identity, { token: other.accessToken }).getMe({}), { code: 'unauthenticated' })
  await assert.rejects(app.client(identity).refresh({ refreshToken: other.refreshToken }), {
    code: 'identity.session-ended',
  })
  await client.signOutDevice({ id: theirs.id })
  assert.deepEqual((await client.listDevices({})).data.length, 1)
})

test('another account’s device and a missing device get the same answer', async () => {
  const { client } = await signUp(app)
  const stranger = await signUp(app)
  const theirs = (await stranger.client.listDevices({})).data[0]
  for (const id of [theirs?.id ?? '', newId()]) {
    await assert.rejects(client.signOutDevice({ id }), { code: 'not-found', status: 404 })
  }
  await assert.rejects(client.signOutDevice({ id: 'all' }), { code: 'validation-failed' })
  await assert.rejects(app.client(identity).signOutDevice({ id: newId() }), { code: 'unauthenticated' })
  await stranger.client.getMe({})
})

test('signing out other devices keeps this session and other accounts’ sessions', async () => {
  const { client, registration } = await signUp(app)
  const stranger = await signUp(app)
  const login = { login: registration.username, password }
  const others = [await app.client(identity).login(login), await app.client(identity).login(login)]
  await client.signOutOthers({})
  await client.getMe({})
  await stranger.client.getMe({})
  for (const { accessToken, refreshToken } of others) {
    await assert.rejects(app.client(identity, { token: accessToken }).getMe({}), { code: 'unauthenticated' })
    await assert.rejects(app.client(identity).refresh({ refreshToken }), { code: 'identity.session-ended' })
  }
  assert.equal((await client.listDevices({})).data.length, 1)
})

test('a user agent cannot forge lines in the log or in the list of devices', async () => {
  const agent = 'Mozilla\t\u001b[2J\u0085{"level":"error"}\u202e'
  const headers = { 'user-agent': Buffer.from(agent).toString('latin1'), 'x-forwarded-for': '198.51.100.4' }
  const { accessToken } = await app.client(identity, { headers }).register(makeRegistration())
  const { data } = await app.client(identity, { token: accessToken }).listDevices({})
  assert.doesNotMatch(data[0]?.userAgent ?? '', /[\p{Cc}\p{Cf}]/u)
  assert.match(data[0]?.userAgent ?? '', /^Mozilla\[2J/)
  for (const line of app.logLines) assert.doesNotMatch(line.trimEnd(), /\p{Cc}/u)
})

test('the use of a device is recorded at most once a minute', async () => {
  const { client, me } = await signUpInBrowser(app)
  const { sql } = app.db('identity')
  const { lastSeen } = stateOf(app)
  const seenAgo = async () => {
    const [row] = await sql<{ seen_ago: number; idle_left: number }[]>`
      select extract(epoch from clock_timestamp() - last_seen_at)::float8 as seen_ago,
             extract(epoch from idle_expires_at - clock_timestamp())::float8 as idle_left
      from sessions where user_id = ${me.id}`
    return row ?? { seen_ago: Number.NaN, idle_left: Number.NaN }
  }
  const age = (seconds: number) => sql`
    update sessions set last_seen_at = last_seen_at - make_interval(secs => ${seconds}),
                        idle_expires_at = idle_expires_at - make_interval(secs => ${seconds})
    where user_id = ${me.id}`
  await age(3_600)
  await client.getMe({})
  await lastSeen.flush()
  const first = await seenAgo()
  assert.ok(first.seen_ago < 60, `seen ${first.seen_ago} s ago`)
  assert.ok(first.idle_left > 30 * 86_400 - 60, 'and the idle time starts again')
  await age(40)
  await client.getMe({})
  await lastSeen.flush()
  assert.ok((await seenAgo()).seen_ago >= 40, 'within the minute nothing is written')
})
