import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import type { TestApp } from '@octet/testkit'
import { makeRegistration, openIdentity, promote, signUp } from './make.ts'

const app = await openIdentity({ after })

async function signUpAdmin(on: TestApp = app) {
  const { user, refreshToken } = await signUp(on)
  await promote(on, user.id)
  const { accessToken } = await on.client(identity).refresh({ refreshToken })
  return { user, caller: { token: accessToken }, client: on.client(identity, { token: accessToken }) }
}

test('administrators list accounts by page, newest first, filtered by the start of the name', async () => {
  const names = ['Zoe_one', 'zoe_two', 'ZOE_three', 'zo_four']
  for (const name of names) await signUp(app, makeRegistration(name))
  const { client } = await signUpAdmin()
  const found = []
  let cursor: string | undefined
  do {
    const page = await client.listUsers({ q: 'zOe_', limit: 2, cursor })
    found.push(...page.data.map(({ username }) => username))
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(found, ['ZOE_three', 'zoe_two', 'Zoe_one'])
  assert.equal((await client.listUsers({ q: 'zoe%' })).data.length, 0, 'a percent sign is itself')
  assert.deepEqual(Object.keys((await client.listUsers({ limit: 1 })).data[0] ?? {}).sort(), [
    'createdAt',
    'disabledAt',
    'disabledReason',
    'displayName',
    'id',
    'roles',
    'username',
  ])
})

test('anonymous callers and users cannot list accounts, and invalid queries are refused', async () => {
  const { client } = await signUp(app)
  await assert.rejects(app.client(identity).listUsers({}), { code: 'unauthenticated', status: 401 })
  await assert.rejects(client.listUsers({}), { code: 'forbidden', status: 403 })
  const admin = await signUpAdmin()
  for (const wrong of [{ q: '' }, { limit: 101 }, { cursor: 'x' }, { sort: 'email' }]) {
    assert.equal((await app.request(identity, 'listUsers', wrong, admin.caller)).status, 400, JSON.stringify(wrong))
  }
  assert.equal(
    (await app.http.inject({ url: '/api/v1/users?q=%00', headers: { authorization: `Bearer ${admin.caller.token}` } }))
      .statusCode,
    200,
  )
})

test('changing roles is idempotent', async () => {
  const admin = await signUpAdmin()
  const { user, client } = await signUp(app)
  const changed = await admin.client.setUserRoles({ id: user.id, roles: ['user', 'premium'] })
  assert.deepEqual(changed.roles, ['user', 'premium'])
  await assert.rejects(client.getMe({}), { code: 'unauthenticated' })
  const { sql } = app.db('identity')
  const versions = () => sql`select version, access_version from users where id = ${user.id}`
  const [before] = await versions()
  await admin.client.setUserRoles({ id: user.id, roles: ['premium', 'user'] })
  assert.deepEqual((await versions())[0], before)
})

test('changing roles requires an administrator, known roles and an existing account', async () => {
  const admin = await signUpAdmin()
  const moderator = await signUp(app)
  await app.db('identity').sql`update users set roles = '{moderator}' where id = ${moderator.user.id}`
  const { accessToken } = await app.client(identity).refresh({ refreshToken: moderator.refreshToken })
  const { user, client } = await signUp(app)
  const input = { id: user.id, roles: ['admin'] } as const
  const promoting = { id: user.id, roles: [...input.roles] }
  await assert.rejects(app.client(identity).setUserRoles(promoting), { code: 'unauthenticated' })
  await assert.rejects(client.setUserRoles(promoting), { code: 'forbidden' })
  await assert.rejects(app.client(identity, { token: accessToken }).setUserRoles(promoting), { code: 'forbidden' })
  await assert.rejects(admin.client.setUserRoles({ ...promoting, id: newId() }), { code: 'not-found' })
  for (const roles of [[], ['owner'], ['user', 'user'], 'admin']) {
    assert.equal((await app.request(identity, 'setUserRoles', { id: user.id, roles }, admin.caller)).status, 400)
  }
  assert.deepEqual((await admin.client.listUsers({ q: user.username })).data[0]?.roles, ['user'])
})

test('the last administrator keeps the role, even when two demote each other concurrently', async t => {
  const own = await openIdentity(t)
  const one = await signUpAdmin(own)
  await assert.rejects(one.client.setUserRoles({ id: one.user.id, roles: ['user'] }), {
    code: 'identity.last-admin',
    status: 409,
  })
  const { sql } = own.db('identity')
  for (let round = 0; round < 5; round++) {
    const other = await signUpAdmin(own)
    const outcomes = await Promise.allSettled([
      one.client.setUserRoles({ id: other.user.id, roles: ['user'] }),
      other.client.setUserRoles({ id: one.user.id, roles: ['user'] }),
    ])
    const [row] = await sql<{ admins: number }[]>`
      select count(*)::int as admins from users where 'admin' = any(roles)`
    assert.equal(row?.admins, 1, JSON.stringify(outcomes))
    await sql`update users set roles = '{user,admin}' where id = ${one.user.id}`
    await sql`update users set roles = '{user}' where id = ${other.user.id}`
    await sql`update users set access_version = 1`
    await sql`delete from revocations`
  }
})

test('the database rejects unknown roles and accounts without a role', async () => {
  const { user } = await signUp(app)
  const { sql } = app.db('identity')
  for (const roles of ['{owner}', '{}']) {
    await assert.rejects(async () => sql`update users set roles = ${roles}::text[] where id = ${user.id}`, {
      constraint_name: 'users_roles_known',
    })
  }
})
