/** The audit log: written in the transaction of the change, readable by its owner, and tamper-evident. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import type { TestApp } from '@octet/testkit'
import { audit } from '../src/audit/audit.ts'
import { eraseAudit } from '../src/audit/store.ts'
import { trimAudit } from '../src/audit/trim-audit.ts'
import { contextOf, makeRegistration, openIdentity, password, promote, signUp, stateOf } from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')

async function actionsOf(client: Awaited<ReturnType<typeof signUp>>['client']): Promise<string[]> {
  return (await client.listAudit({ limit: 100 })).data.map(({ action }) => action)
}

/** Adds entries as any flow does. */
async function note(userId: string, count: number, on: TestApp = app) {
  for (let index = 0; index < count; index++) {
    await on.db('identity').transaction('note', tx => {
      return audit(contextOf(on), tx, { userId, action: 'signed-in', details: { index, kind: 'api' } })
    })
  }
}

test('the audit log lists registration, sign-in, sign-out and remote sign-out, newest first', async () => {
  const { client, user } = await signUp(app)
  const second = await app.client(identity).login({ login: user.username, password })
  const devices = await client.listDevices({})
  const other = devices.data.find(({ current }) => !current)
  await client.signOutDevice({ id: other?.id ?? '' })
  await client.signOutDevice({ id: other?.id ?? '' })
  await client.signOutOthers({})
  assert.ok(second.accessToken)
  assert.deepEqual(await actionsOf(client), ['signed-out-device', 'signed-in', 'signed-in', 'registered'])
  const { data } = await client.listAudit({ limit: 1 })
  assert.deepEqual(
    { ...data[0], at: '' },
    {
      seq: 4,
      at: '',
      action: 'signed-out-device',
      by: 'self',
      address: '127.0.0.0/24',
      userAgent: 'lightMyRequest',
      details: { sessions: 1 },
      otherUserId: null,
    },
  )
})

test('the audit log is paged, visible to its owner only, and rejects invalid cursors', async () => {
  const one = await signUp(app)
  const other = await signUp(app)
  await note(one.user.id, 5)
  const seqs: number[] = []
  let cursor: string | undefined
  do {
    const page = await one.client.listAudit({ limit: 3, cursor })
    seqs.push(...page.data.map(({ seq }) => seq))
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(seqs, [7, 6, 5, 4, 3, 2, 1])
  assert.equal((await actionsOf(other.client)).length, 2)
  await assert.rejects(one.client.listAudit({ cursor: 'bm9uc2Vuc2U' }), { code: 'validation-failed' })
  assert.equal((await app.request(identity, 'listAudit', {})).status, 401)
  const denied = await app.request(identity, 'verifyUserAudit', { id: one.user.id }, other.caller)
  assert.equal(denied.status, 403)
})

test('failed sign-ins appear as one entry with a count, and unknown names leave no entry', async () => {
  const { client, user } = await signUp(app)
  for (let attempt = 0; attempt < 6; attempt++) {
    const login = { login: user.username, password: `wrong ${attempt} password` }
    await assert.rejects(app.client(identity).login(login), { code: 'identity.wrong-credentials' })
  }
  const { signInFailures } = stateOf(app)
  await signInFailures.flush()
  await assert.rejects(app.client(identity).login({ login: user.username, password: 'wrong once more' }))
  await signInFailures.flush()
  const failed = async () => (await client.listAudit({})).data.filter(({ action }) => action === 'sign-in-failed')
  assert.deepEqual(
    (await failed()).map(({ details, by }) => [details, by]),
    [[{ attempts: 6 }, 'system']],
  )
  await signInFailures.flush(true)
  assert.deepEqual((await failed())[0]?.details, { attempts: 1 })
})

test('a replayed refresh token is audited although the request fails', async () => {
  const { refreshToken: first } = await signUp(app)
  const { refreshToken: second } = await app.client(identity).refresh({ refreshToken: first })
  const { accessToken, user } = await app.client(identity).refresh({ refreshToken: second })
  await sql`update sessions set refreshed_at = refreshed_at - interval '1 minute' where user_id = ${user.id}`
  await assert.rejects(app.client(identity).refresh({ refreshToken: first }), { code: 'identity.session-replayed' })
  assert.ok(accessToken)
  const signedIn = await app.client(identity).login({ login: user.username, password })
  const client = app.client(identity, { token: signedIn.accessToken })
  assert.deepEqual((await actionsOf(client)).slice(0, 2), ['signed-in', 'session-replayed'])
})

test('a role change is audited for both accounts, without naming the administrator to the owner', async () => {
  const admin = await signUp(app)
  const other = await signUp(app)
  await promote(app, admin.user.id)
  const { accessToken } = await app.client(identity).refresh({ refreshToken: admin.refreshToken })
  const asAdmin = app.client(identity, { token: accessToken })
  await asAdmin.setUserRoles({ id: other.user.id, roles: ['user', 'premium'] })
  const [done] = (await asAdmin.listAudit({ limit: 1 })).data
  assert.deepEqual([done?.action, done?.by, done?.otherUserId], ['roles-changed', 'self', other.user.id])
  const { accessToken: fresh } = await app.client(identity).refresh({ refreshToken: other.refreshToken })
  const [suffered] = (await app.client(identity, { token: fresh }).listAudit({ limit: 1 })).data
  assert.deepEqual(
    [suffered?.by, suffered?.otherUserId, suffered?.details],
    ['administrator', null, { before: 'user', after: 'user premium' }],
  )
  assert.equal((await asAdmin.verifyUserAudit({ id: other.user.id })).intact, true)
})

test('forty concurrent entries form one chain without a gap', async () => {
  const { client, user } = await signUp(app)
  await Promise.all(Array.from({ length: 40 }, () => note(user.id, 1)))
  assert.deepEqual(await client.verifyAudit({}), { intact: true, entries: 42, brokenAt: null })
})

/** What an attacker with database access may try, and where verification must fail. */
const tamperings: readonly { what: string; sql: string; brokenAt: number }[] = [
  { what: 'an entry was changed', sql: `update audit_log set details = '{}' where seq = 4`, brokenAt: 4 },
  { what: 'its time was changed', sql: `update audit_log set at = at - interval '1 day' where seq = 4`, brokenAt: 4 },
  { what: 'an entry was deleted', sql: 'delete from audit_log where seq = 5', brokenAt: 5 },
  { what: 'the newest was deleted', sql: 'delete from audit_log where seq = 7', brokenAt: 7 },
  { what: 'the oldest was deleted', sql: 'delete from audit_log where seq = 1', brokenAt: 1 },
  { what: 'everything was deleted', sql: 'delete from audit_log', brokenAt: 1 },
  {
    what: 'the end was cut off and the head moved back',
    sql: `delete from audit_log where seq > 5;
          update audit_heads set seq = 5, hash = (select hash from audit_log where seq = 5 and user_id = $1)`,
    brokenAt: 6,
  },
  {
    what: 'the beginning was cut off and the base moved on',
    sql: `update audit_heads set base_seq = 2, base_hash = (select hash from audit_log where seq = 2 and user_id = $1);
          delete from audit_log where seq <= 2`,
    brokenAt: 8,
  },
  {
    what: 'two entries changed places',
    sql: `update audit_log set seq = 99 where seq = 3; update audit_log set seq = 3 where seq = 4;
          update audit_log set seq = 4 where seq = 99`,
    brokenAt: 3,
  },
]
for (const { what, sql: statements, brokenAt } of tamperings) {
  test(`verification detects that ${what}, even after later entries`, async () => {
    const { client, user } = await signUp(app)
    await note(user.id, 5)
    assert.equal((await client.verifyAudit({})).intact, true)
    for (const statement of statements.split(';')) {
      const own = statement.replace('$1', `'${user.id}'`)
      const hasWhere = own.includes(' where ') && !own.includes('update audit_heads')
      const where = hasWhere ? ' and' : ' where'
      await sql.unsafe(`${own}${where} user_id = '${user.id}'`)
    }
    const found = await client.verifyAudit({})
    assert.deepEqual([found.intact, found.brokenAt], [false, brokenAt])
    await note(user.id, 1)
    assert.equal((await client.verifyAudit({})).intact, false)
  })
}

test('after old entries are trimmed the rest still verifies', async () => {
  const { client, user } = await signUp(app)
  await note(user.id, 4)
  await sql`update audit_log set at = at - interval '366 days' where user_id = ${user.id} and seq <= 3`
  await trimAudit(contextOf(app))
  assert.deepEqual(
    (await client.listAudit({})).data.map(({ seq }) => seq),
    [6, 5, 4],
  )
  assert.deepEqual(await client.verifyAudit({}), { intact: true, entries: 3, brokenAt: null })
})

test('erasing an account deletes its chain; other chains still verify and no longer refer to it', async () => {
  const one = await signUp(app)
  const gone = await signUp(app)
  await app.db('identity').transaction('block', async tx => {
    await audit(contextOf(app), tx, { userId: one.user.id, action: 'blocked', otherUserId: gone.user.id })
  })
  await app.db('identity').transaction('erase', tx => eraseAudit(tx, gone.user.id))
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from audit_log where user_id = ${gone.user.id} or other_user_id = ${gone.user.id}`
  assert.equal(row?.count, 0)
  assert.deepEqual(await one.client.verifyAudit({}), { intact: true, entries: 3, brokenAt: null })
})

test('client data cannot forge log lines: control characters, bidi marks and excess length are removed', async () => {
  const registration = makeRegistration()
  const headers = { 'user-agent': `evil\u009b31m\u0085 ${'x'.repeat(5_000)}` }
  const { body } = await app.request(identity, 'register', registration, { headers })
  const token = (body as { accessToken: string }).accessToken
  const { user } = body as { user: { id: string } }
  const hostile = 'a\r\n2026-01-01 root signed-in\u202egnp.exe\ud800'
  await app.db('identity').transaction('hostile', async tx => {
    await audit(contextOf(app), tx, { userId: user.id, action: 'blocked', details: { name: hostile.repeat(50) } })
  })
  const { data } = await app.client(identity, { token }).listAudit({})
  for (const text of [data[0]?.details.name, data[1]?.userAgent]) {
    assert.doesNotMatch(String(text), /[\p{Cc}\p{Cf}\p{Cs}]/u)
    assert.ok(String(text).length <= 200)
  }
  assert.equal((await app.client(identity, { token }).verifyAudit({})).intact, true)
})

test('no entry holds a password, a token or a cookie', async () => {
  const { client, accessToken, refreshToken, user } = await signUp(app)
  await client.logout({})
  const rows = await sql`select audit_log::text as line from audit_log where user_id = ${user.id}`
  const text = rows.map(({ line }) => line).join('\n')
  for (const secret of [password, accessToken, refreshToken]) assert.ok(!text.includes(secret))
})
