/** Refresh-token hazards R1 to R12, numbered as in the test titles. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { formatRefreshToken, parseRefreshToken } from '../src/sessions/refresh-token.ts'
import { heldUp, openIdentity, promote, signUp, stateOf } from './make.ts'

const app = await openIdentity({ after })
const { refresh } = app.client(identity)
const { sql } = app.db('identity')

interface Session {
  revoke_reason: string | null
  refresh_counter: number
}

async function sessionOf(refreshToken: string): Promise<Session | undefined> {
  const id = parseRefreshToken(refreshToken)?.sessionId ?? ''
  const [row] = await sql<Session[]>`select revoke_reason, refresh_counter from sessions where id = ${id}`
  return row
}

/** Moves the last refresh into the past. The database's clock decides, so the row is changed. */
async function letPass(refreshToken: string, seconds: number): Promise<void> {
  const id = parseRefreshToken(refreshToken)?.sessionId ?? ''
  await sql`
    update sessions set refreshed_at = refreshed_at - make_interval(secs => ${seconds}) where id = ${id}`
}

/** The first three tokens of a new session; the last is the newest. */
async function threeTokens() {
  const { refreshToken: first, caller } = await signUp(app)
  const { refreshToken: second } = await refresh({ refreshToken: first })
  const { refreshToken: third, accessToken } = await refresh({ refreshToken: second })
  return { first, second, third, accessToken, caller }
}

const replayed = { code: 'identity.session-replayed', status: 401 }
const ended = { code: 'identity.session-ended', status: 401 }

test('a refresh answers 200 with a new pair that works', async () => {
  const { refreshToken, user } = await signUp(app)
  const { status, body } = await app.request(identity, 'refresh', { refreshToken })
  assert.equal(status, 200)
  const next = body as Awaited<ReturnType<typeof refresh>>
  assert.notEqual(next.refreshToken, refreshToken)
  assert.deepEqual([next.user, next.expiresIn], [user, 300])
  assert.deepEqual(await app.client(identity, { token: next.accessToken }).getMe({}), user)
})

test('a client that sends an expired access token can still refresh and sign in', async () => {
  const { refreshToken } = await signUp(app)
  const stale = { token: 'expired.or.otherwise.bad' }
  assert.equal((await app.request(identity, 'refresh', { refreshToken }, stale)).status, 200)
  assert.equal((await app.request(identity, 'getMe', {}, stale)).status, 401)
})

test('a forged refresh token is refused and ends no session', async () => {
  const { first, third, accessToken } = await threeTokens()
  await letPass(first, 60)
  for (const wrong of ['', 'x'.repeat(513)]) {
    assert.equal((await app.request(identity, 'refresh', { refreshToken: wrong })).status, 400)
  }
  // The last one is what a stranger would forge to end a session: an old counter with a valid checksum.
  const token = parseRefreshToken(first)
  assert.ok(token !== undefined)
  const forged = formatRefreshToken(token, randomBytes(32))
  for (const wrong of ['nonsense', accessToken.slice(0, 500), Buffer.from(first).toString('hex'), forged]) {
    await assert.rejects(refresh({ refreshToken: wrong }), ended)
  }
  assert.equal((await sessionOf(first))?.revoke_reason, null)
  await refresh({ refreshToken: third })
})

test('R1: 50 concurrent refreshes of one token all succeed with equal answers and one step', async () => {
  const { refreshToken } = await signUp(app)
  const id = parseRefreshToken(refreshToken)?.sessionId ?? ''
  const lock = { lock: `select 1 from sessions where id = '${id}' for update`, waiters: 5 }
  const answers = await heldUp(app, lock, () => {
    return Promise.all(Array.from({ length: 50 }, () => app.request(identity, 'refresh', { refreshToken })))
  })
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  const tokens = answers.map(({ body }) => (body as { refreshToken: string }).refreshToken)
  assert.equal(new Set(tokens).size, 1)
  assert.equal((await sessionOf(refreshToken))?.refresh_counter, 1)
})

test('R2, R6: after a lost response the client can refresh again a minute or a day later', async () => {
  const { refreshToken } = await signUp(app)
  const lost = await refresh({ refreshToken })
  for (const seconds of [60, 86_400]) {
    await letPass(refreshToken, seconds)
    assert.equal((await refresh({ refreshToken })).refreshToken, lost.refreshToken, 'the newest, not a branch')
  }
  await refresh({ refreshToken: lost.refreshToken })
})

test('R3: a token two steps old gets the newest pair within ten seconds and ends the session later', async () => {
  const { first, third, accessToken } = await threeTokens()
  await letPass(first, 8)
  assert.equal((await refresh({ refreshToken: first })).refreshToken, third)
  await letPass(first, 3)
  await assert.rejects(refresh({ refreshToken: first }), replayed)
  await assert.rejects(refresh({ refreshToken: third }), replayed)
  await assert.rejects(app.client(identity, { token: accessToken }).getMe({}), { code: 'unauthenticated' })
})

test('R3: the grace period covers at most five answers', async () => {
  const { first, third } = await threeTokens()
  for (let answer = 0; answer < 5; answer++) {
    assert.equal((await refresh({ refreshToken: first })).refreshToken, third)
  }
  await assert.rejects(refresh({ refreshToken: first }), replayed)
})

test('R4: a client answered during the grace period continues afterwards', async () => {
  const { first } = await threeTokens()
  const graced = await refresh({ refreshToken: first })
  await letPass(first, 60)
  const next = await refresh({ refreshToken: graced.refreshToken })
  await refresh({ refreshToken: next.refreshToken })
})

test('R7: a process that starts later refuses earlier revocations', async t => {
  const { first, third, accessToken } = await threeTokens()
  await letPass(first, 11)
  await assert.rejects(refresh({ refreshToken: first }), replayed)
  const restarted = await openIdentity(t, { sharing: app })
  const client = restarted.client(identity, { token: accessToken })
  await assert.rejects(client.getMe({}), { code: 'unauthenticated' })
  await assert.rejects(restarted.client(identity).refresh({ refreshToken: third }), replayed)
})

test('R8: a replayed session stays ended although the request fails', async () => {
  const { first } = await threeTokens()
  await letPass(first, 11)
  await assert.rejects(refresh({ refreshToken: first }), replayed)
  assert.deepEqual(await sessionOf(first), { revoke_reason: 'replayed', refresh_counter: 2 })
  const id = parseRefreshToken(first)?.sessionId ?? ''
  const news = await sql`select kind from revocations where subject = ${id}`
  assert.deepEqual([...news], [{ kind: 'session' }])
})

test('R9: after a role change the old access token is refused and a refresh returns the new roles', async () => {
  const admin = await signUp(app)
  await promote(app, admin.user.id)
  const { accessToken } = await refresh({ refreshToken: admin.refreshToken })
  const { client, user, refreshToken } = await signUp(app)
  await app.client(identity, { token: accessToken }).setUserRoles({ id: user.id, roles: ['user', 'moderator'] })
  await assert.rejects(client.getMe({}), { code: 'unauthenticated' })
  const next = await refresh({ refreshToken })
  assert.deepEqual(next.user.roles, ['user', 'moderator'])
  assert.equal((await app.client(identity, { token: next.accessToken }).listUsers({ limit: 1 })).data.length, 1)
})

test('R9: a session that was signed out, expired or lost its account cannot be refreshed', async () => {
  const out = await signUp(app)
  await out.client.logout({})
  await assert.rejects(refresh({ refreshToken: out.refreshToken }), ended)
  for (const column of ['idle_expires_at', 'absolute_expires_at'] as const) {
    const { refreshToken } = await signUp(app)
    const id = parseRefreshToken(refreshToken)?.sessionId ?? ''
    await sql`update sessions set ${sql(column)} = clock_timestamp() where id = ${id}`
    await assert.rejects(refresh({ refreshToken }), ended, column)
  }
  const gone = await signUp(app)
  await sql`delete from users where id = ${gone.user.id}`
  await assert.rejects(refresh({ refreshToken: gone.refreshToken }), ended)
})

test('R10: a refresh never widens scopes or changes client, account or role', async () => {
  const { refreshToken, accessToken } = await signUp(app)
  const other = await signUp(app)
  const extras = {
    scope: '*',
    scopes: ['users:manage'],
    roles: ['admin'],
    clientId: 'x',
    userId: other.user.id,
    aal: 2,
  }
  for (const [name, value] of Object.entries(extras)) {
    const answer = await app.request(identity, 'refresh', { refreshToken, [name]: value }, other.caller)
    assert.equal(answer.status, 400, name)
  }
  assert.equal((await sessionOf(refreshToken))?.refresh_counter, 0, 'nothing was used up')
  const { body } = await app.request(identity, 'refresh', { refreshToken }, other.caller)
  const claims = (token: string) => {
    const { sub, sid, roles, scope } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return { sub, sid, roles, scope }
  }
  assert.deepEqual(claims((body as { accessToken: string }).accessToken), claims(accessToken))
})

test('R11: three tabs that wake after an hour with consecutive tokens all continue', async () => {
  const { second, third } = await threeTokens()
  await letPass(second, 3_600)
  const answers = await Promise.all([third, second, third].map(refreshToken => refresh({ refreshToken })))
  const [newest] = new Set(answers.map(answer => answer.refreshToken))
  // The tab with the older token may be answered before or after the others advance; each continues from there.
  await letPass(second, 3_600)
  await Promise.all(answers.map(({ refreshToken }) => refresh({ refreshToken })))
  assert.notEqual(newest, undefined)
})

for (const minutes of [-5, 5]) {
  test(`R12: a server whose clock is ${minutes} minutes off decides alike and issues valid tokens`, async t => {
    const skewed = await openIdentity(t, { sharing: app })
    skewed.nowMs += minutes * 60_000
    await stateOf(skewed).revocations.poll()
    await checkAlike(skewed)
  })
}

async function checkAlike(skewed: TestApp): Promise<void> {
  const theirs = skewed.client(identity)
  const { first, third, accessToken } = await threeTokens()
  assert.equal((await theirs.refresh({ refreshToken: first })).refreshToken, third)
  await skewed.client(identity, { token: accessToken }).getMe({})
  const signedThere = await theirs.refresh({ refreshToken: third })
  await app.client(identity, { token: signedThere.accessToken }).getMe({})
  await letPass(first, 11)
  await assert.rejects(theirs.refresh({ refreshToken: first }), replayed)
}
