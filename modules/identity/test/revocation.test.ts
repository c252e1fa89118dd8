/** What one process revokes, all others refuse within a second, even when reading revocations fails. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { newId, openPool } from '@octet/db'
import { openIdentity, promote, signUp, signUpInBrowser, stateOf, untilStatus } from './make.ts'

const here = await openIdentity({ after })

const secondMs = 1_000

test('a token and a cookie revoked in one process are refused within a second in another', async t => {
  const there = await openIdentity(t, { sharing: here })
  const api = await signUp(here)
  const web = await signUpInBrowser(here)
  for (const session of [api, web]) {
    const askThere = () => there.request(identity, 'getMe', {}, session.caller)
    assert.equal((await askThere()).status, 200)
    await session.client.logout({})
    const tookMs = await untilStatus(401, secondMs, askThere)
    t.diagnostic(`refused after ${Math.round(tookMs)} ms`)
  }
})

test('a role removed in one process has no effect in another within a second', async t => {
  const there = await openIdentity(t, { sharing: here })
  const admin = await signUp(here)
  const other = await signUp(here)
  await promote(here, admin.user.id)
  await promote(here, other.user.id)
  const refreshed = await here.client(identity).refresh({ refreshToken: other.refreshToken })
  const asOther = { token: refreshed.accessToken }
  const adminTokens = await here.client(identity).refresh({ refreshToken: admin.refreshToken })
  const asAdmin = here.client(identity, { token: adminTokens.accessToken })
  assert.equal((await there.request(identity, 'listUsers', {}, asOther)).status, 200)
  await asAdmin.setUserRoles({ id: other.user.id, roles: ['user'] })
  await untilStatus(401, secondMs, () => there.request(identity, 'listUsers', {}, asOther))
})

test('a revocation that commits after later ones is not missed', async t => {
  const there = await openIdentity(t, { sharing: here })
  const late = await signUp(here)
  const early = await signUp(here)
  const ask = (caller: typeof late.caller) => () => there.request(identity, 'getMe', {}, caller)
  const [, payload = ''] = late.accessToken.split('.')
  const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }
  const slow = openPool(here.databaseUrl, { connectionsMax: 1, schema: 'identity' })
  try {
    await slow.begin(async sql => {
      await sql`
        insert into revocations (kind, subject, expires_at)
        values ('session', ${sid}, clock_timestamp() + interval '15 minutes')`
      await early.client.logout({})
      await untilStatus(401, secondMs, ask(early.caller))
      await stateOf(there).revocations.poll()
      await stateOf(there).revocations.poll()
      assert.equal((await ask(late.caller)()).status, 200, 'not committed, not revoked')
    })
  } finally {
    await slow.end({ timeout: 5 })
  }
  await untilStatus(401, secondMs, ask(late.caller))
})

test('after a second without a poll every request queries the database and refuses revoked credentials', async t => {
  const there = await openIdentity(t, { sharing: here })
  const gone = await signUp(here)
  const goneWeb = await signUpInBrowser(here)
  const alive = await signUp(here)
  const ask = (caller: typeof gone.caller) => there.request(identity, 'getMe', {}, caller)
  for (const { caller } of [gone, goneWeb, alive]) assert.equal((await ask(caller)).status, 200)
  await stateOf(there).revocations.stop()
  await gone.client.logout({})
  await goneWeb.client.logout({})
  assert.equal((await ask(gone.caller)).status, 200, 'the dangerous window was really hit')
  there.nowMs += 901
  assert.equal((await ask(gone.caller)).status, 401)
  assert.equal((await ask(goneWeb.caller)).status, 401)
  assert.equal((await ask(alive.caller)).status, 200)
})

test('without revocations and database every request is refused quickly', async t => {
  const there = await openIdentity(t, { sharing: here })
  const { caller } = await signUp(here)
  const ask = () => there.request(identity, 'getSetup', {}, caller)
  assert.equal((await ask()).status, 200)
  await stateOf(there).revocations.stop()
  there.nowMs += 901
  const blocker = openPool(here.databaseUrl, { connectionsMax: 1, schema: 'identity' })
  try {
    await blocker.begin(async sql => {
      await sql`lock table sessions in access exclusive mode`
      const startedMs = performance.now()
      const { status, headers } = await ask()
      assert.deepEqual([status, headers['retry-after']], [503, '1'])
      assert.ok(performance.now() - startedMs < 4_000)
    })
    await untilStatus(200, secondMs, ask)
  } finally {
    await blocker.end({ timeout: 5 })
  }
})

test('once revocations are read again requests no longer query the database', async t => {
  const there = await openIdentity(t, { sharing: here })
  const { revocations } = stateOf(there)
  there.nowMs += 901
  assert.equal(revocations.isStale(), true)
  await revocations.poll()
  assert.equal(revocations.isStale(), false)
  there.nowMs -= 60_000
  assert.equal(revocations.isStale(), true, 'a clock set back says nothing about how old the news is')
})

test('revocations are deleted when every affected token has expired', async () => {
  const { revocations } = stateOf(here)
  const [sessionId, userId] = [newId(), newId()]
  await here.db('identity').sql`
    insert into revocations (kind, subject, version, expires_at)
    values ('session', ${sessionId}, 0, clock_timestamp() + interval '300 ms'),
           ('user', ${userId}, 2, clock_timestamp() + interval '300 ms')`
  await revocations.poll()
  const isRevoked = () => revocations.isRevoked({ sessionId, userId: newId(), accessVersion: 9 })
  const isOutdated = () => revocations.isRevoked({ sessionId: newId(), userId, accessVersion: 1 })
  assert.deepEqual([isRevoked(), isOutdated()], [true, true])
  const deadlineMs = performance.now() + 5_000
  while ((isRevoked() || isOutdated()) && performance.now() < deadlineMs) await revocations.poll()
  assert.deepEqual([isRevoked(), isOutdated()], [false, false])
})
