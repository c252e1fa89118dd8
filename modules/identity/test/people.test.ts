/** Search, profiles, blocks, reports, and administration of accounts. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Role } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { getBlocks } from '../src/people/list-blocks.ts'
import {
  contextOf,
  heldUp,
  makeRegistration,
  openIdentity,
  password,
  signUp,
  signUpInBrowser,
  untilStatus,
} from './make.ts'

const app = await openIdentity({ after })
const { sql } = app.db('identity')

async function signUpAs(roles: readonly Role[], on = app) {
  const { user, refreshToken } = await signUp(on)
  await sql`update users set roles = ${[...roles]}::text[] where id = ${user.id}`
  const { accessToken } = await on.client(identity).refresh({ refreshToken })
  return { user, caller: { token: accessToken }, client: on.client(identity, { token: accessToken }) }
}

test('people are found by the start of username or display name, in any case, by page', async () => {
  const { client, caller } = await signUp(app)
  for (const name of ['Quill_one', 'quill_two', 'QUILL_three', 'quil_four']) await signUp(app, makeRegistration(name))
  const five = await signUp(app, makeRegistration('somebody_five'))
  await five.client.updateMe({ displayName: 'Quillian Five' })
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await client.searchUsers({ q: 'qUILL', limit: 2, cursor })
    found.push(...page.data.map(({ username }) => username))
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(found, ['Quill_one', 'QUILL_three', 'quill_two', 'somebody_five'])
  assert.equal((await client.searchUsers({ q: 'quill%' })).data.length, 0)
  assert.equal((await client.searchUsers({ q: 'ｑｕ' })).data.length, 0, 'a look-alike is not the same letter')
  assert.deepEqual(Object.keys((await client.searchUsers({ q: 'quill' })).data[0] ?? {}).sort(), [
    'displayName',
    'id',
    'username',
  ])
  assert.equal((await app.request(identity, 'searchUsers', { q: 'x' }, caller)).status, 400)
  assert.equal((await app.request(identity, 'searchUsers', { q: 'quill' })).status, 401)
})

test('a block hides both people from each other’s search and the profile from the blocked person', async () => {
  const one = await signUp(app, makeRegistration('blocky_one'))
  const two = await signUp(app, makeRegistration('blocky_two'))
  assert.equal((await one.client.searchUsers({ q: 'blocky' })).data.length, 2)
  await one.client.blockUser({ id: two.user.id })
  await one.client.blockUser({ id: two.user.id })
  const names = async ({ client }: typeof one) => (await client.searchUsers({ q: 'blocky' })).data.map(u => u.username)
  assert.deepEqual([await names(one), await names(two)], [['blocky_one'], ['blocky_two']])
  await assert.rejects(two.client.getProfile({ username: 'blocky_one' }), { code: 'not-found' })
  assert.equal((await one.client.getProfile({ username: 'blocky_two' })).blockedByMe, true)
  const [listed] = (await one.client.listBlocks({})).data
  assert.equal(listed?.user.id, two.user.id)
  const otherIds = [two.user.id, newId()]
  const none: string[] = []
  assert.deepEqual(await getBlocks(contextOf(app), { userId: one.user.id, otherIds }), {
    blockedBy: none,
    hasBlocked: [two.user.id],
  })
  assert.deepEqual(await getBlocks(contextOf(app), { userId: two.user.id, otherIds: [one.user.id] }), {
    blockedBy: [one.user.id],
    hasBlocked: none,
  })
  await one.client.unblockUser({ id: two.user.id })
  assert.equal((await names(two)).length, 2)
  const actions = (await one.client.listAudit({ limit: 2 })).data.map(({ action, otherUserId }) => [
    action,
    otherUserId,
  ])
  assert.deepEqual(actions, [
    ['unblocked', two.user.id],
    ['blocked', two.user.id],
  ])
  await assert.rejects(one.client.blockUser({ id: one.user.id }), { code: 'identity.own-account' })
  await assert.rejects(one.client.blockUser({ id: newId() }), { code: 'not-found' })
})

test('a profile is found under its name in any case but not under look-alike spellings', async () => {
  const { client } = await signUp(app, makeRegistration('Profile_Oil'))
  assert.equal((await client.getProfile({ username: 'profile_oil' })).username, 'Profile_Oil')
  for (const username of ['Profi1e_Oil', 'profile_0il', 'Рrofile_Oil', '..', 'x%00']) {
    await assert.rejects(client.getProfile({ username }), { code: 'not-found' }, username)
  }
})

test('a report reaches moderators once, is closed with a note, and is hidden from the reported person', async () => {
  const reporter = await signUp(app)
  const subject = await signUp(app)
  const moderator = await signUpAs(['user', 'moderator'])
  const first = await reporter.client.reportUser({ id: subject.user.id, reason: 'spam', note: 'so many\u0000 links' })
  const again = await reporter.client.reportUser({ id: subject.user.id, reason: 'harassment', note: 'and worse' })
  assert.equal(again.id, first.id)
  const open = (await moderator.client.listReports({ limit: 100 })).data
  const report = open.find(({ id }) => id === first.id)
  assert.deepEqual(
    [report?.subject.id, report?.reporter?.id, report?.reason, report?.note, report?.outcome],
    [subject.user.id, reporter.user.id, 'harassment', 'and worse', null],
  )
  for (const caller of [reporter.caller, subject.caller]) {
    assert.equal((await app.request(identity, 'listReports', {}, caller)).status, 403)
  }
  const closing = { id: first.id, outcome: 'warned', note: 'spoken to' } as const
  const closed = await Promise.all(
    [1, 2, 3].map(() => app.request(identity, 'resolveReport', closing, moderator.caller)),
  )
  assert.deepEqual(closed.map(({ status }) => status).sort(), [204, 409, 409])
  const resolved = (await moderator.client.listReports({ state: 'resolved', limit: 100 })).data
  assert.equal(resolved.find(({ id }) => id === first.id)?.resolution, 'spoken to')
  const seen = JSON.stringify((await subject.client.listAudit({})).data)
  assert.ok(!seen.includes('report') && !seen.includes(reporter.user.id))
  await assert.rejects(moderator.client.resolveReport({ ...closing, id: newId() }), { code: 'not-found' })
  await assert.rejects(subject.client.reportUser({ id: subject.user.id, reason: 'spam' }), {
    code: 'identity.own-account',
  })
})

test('A13: every credential of a disabled account is refused within a second in every process', async t => {
  const there = await openIdentity(t, { sharing: app })
  const admin = await signUpAs(['user', 'admin'])
  const person = await signUp(app)
  const web = await signUpInBrowser(app, makeRegistration())
  await sql`update sessions set user_id = ${person.user.id} where user_id = ${web.me.id}`
  const browser = web.caller
  const { key } = await person.client.createApiKey({ name: 'x', scopes: ['account:read'] })
  const callers = [person.caller, browser, { token: key }]
  for (const caller of callers) assert.equal((await there.request(identity, 'getMe', {}, caller)).status, 200)
  await admin.client.disableUser({ id: person.user.id, reason: 'sells\u202e things' })
  for (const caller of callers) {
    assert.equal((await app.request(identity, 'getMe', {}, caller)).status, 401, 'here at once')
    await untilStatus(401, 1_000, () => there.request(identity, 'getMe', {}, caller))
  }
  const { refreshToken, user } = person
  await assert.rejects(there.client(identity).refresh({ refreshToken }), { code: 'identity.session-ended' })
  const login = { login: user.username, password }
  await assert.rejects(there.client(identity).login(login), { code: 'identity.account-disabled' })
  const wrong = { ...login, password: 'not the password' }
  await assert.rejects(there.client(identity).login(wrong), { code: 'identity.wrong-credentials' })
  await assert.rejects(admin.client.getProfile({ username: user.username }), { code: 'not-found' })
  const enabled = await admin.client.enableUser({ id: user.id })
  assert.equal(enabled.disabledAt, null)
  await untilStatus(200, 1_500, () => there.request(identity, 'getMe', {}, { token: key }))
  assert.equal((await app.request(identity, 'getMe', {}, browser)).status, 401, 'sessions stay ended')
  const { accessToken } = await there.client(identity).login(login)
  const whole = (await there.client(identity, { token: accessToken }).listAudit({})).data
  // Failed sign-ins are written after some time, here or later.
  const record = whole.filter(({ action }) => action !== 'sign-in-failed').slice(0, 3)
  assert.deepEqual(
    record.map(({ action, by }) => [action, by]),
    [
      ['signed-in', 'self'],
      ['enabled', 'administrator'],
      ['disabled', 'administrator'],
    ],
  )
  assert.equal(record[2]?.details.reason, 'sells things')
  const ofAdmin = (await admin.client.listAudit({})).data.filter(({ action }) => action === 'disabled')
  assert.deepEqual(ofAdmin[0]?.details, {}, 'words about a person go with the person')
})

test('a session created while the account was being disabled is refused as well', async () => {
  const admin = await signUpAs(['user', 'admin'])
  const person = await signUp(app)
  await admin.client.disableUser({ id: person.user.id, reason: 'x' })
  // Simulates an insert that commits after the sessions were ended.
  await sql`update sessions set revoked_at = null, revoke_reason = null where user_id = ${person.user.id}`
  const { refreshToken } = person
  await assert.rejects(app.client(identity).refresh({ refreshToken }), { code: 'identity.session-ended' })
})

test('A13: a sign-in that overlaps the disabling of its account creates no session', async () => {
  const { user, registration } = await signUp(app)
  const { sql } = app.db('identity')
  const lock = `
    select from users where id = '${user.id}' for update;
    update users set disabled_at = now(), disabled_reason = 'x' where id = '${user.id}'`
  const before = await sql`select id from sessions where user_id = ${user.id}`
  const login = () => app.client(identity).login({ login: registration.username, password })
  const outcome = heldUp(app, { lock, waiters: 1 }, () => login().catch((error: unknown) => error))
  assert.equal(((await outcome) as { code: string }).code, 'identity.account-disabled')
  assert.equal((await sql`select id from sessions where user_id = ${user.id}`).length, before.length)
})

test('the last active administrator cannot be disabled or demoted, even by two concurrent requests', async t => {
  const own = await openIdentity(t)
  const two = await Promise.all([1, 2].map(() => signUp(own)))
  for (const { user } of two) {
    await own.db('identity').sql`update users set roles = '{user,admin}' where id = ${user.id}`
  }
  const [one, other] = await Promise.all(
    two.map(async ({ user, refreshToken }) => {
      const { accessToken } = await own.client(identity).refresh({ refreshToken })
      return { id: user.id, caller: { token: accessToken } }
    }),
  )
  assert.ok(one !== undefined && other !== undefined)
  const shutOut = (by: typeof one, id: string) => own.request(identity, 'disableUser', { id, reason: 'x' }, by.caller)
  const statuses = (await Promise.all([shutOut(one, other.id), shutOut(other, one.id)])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [200, 409])
  const [left] = await own.db('identity').sql<{ id: string }[]>`
    select id from users where 'admin' = any(roles) and disabled_at is null`
  const last = left?.id === one.id ? one : other
  const demoted = await own.request(identity, 'setUserRoles', { id: last.id, roles: ['user'] }, last.caller)
  assert.deepEqual([demoted.status, (demoted.body as { code: string }).code], [409, 'identity.last-admin'])
})

test('ending all sessions of an account requires an administrator with a fresh sign-in', async () => {
  const admin = await signUpAs(['user', 'admin'])
  const moderator = await signUpAs(['user', 'moderator'])
  const person = await signUp(app)
  for (const name of ['disableUser', 'enableUser', 'endUserSessions']) {
    const input = { id: person.user.id, ...(name === 'disableUser' ? { reason: 'x' } : {}) }
    assert.equal((await app.request(identity, name, input)).status, 401)
    assert.equal((await app.request(identity, name, input, moderator.caller)).status, 403)
  }
  await admin.client.endUserSessions({ id: person.user.id })
  assert.equal((await app.request(identity, 'getMe', {}, person.caller)).status, 401)
  await app.client(identity).login({ login: person.user.username, password })
  await assert.rejects(admin.client.endUserSessions({ id: newId() }), { code: 'not-found' })
})
