import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { job } from '@octet/jobs'
import type { TestApp } from '@octet/testkit'
import { nextMail } from './mails.ts'
import { openIdentity, promote, signUp, untilStatus } from './make.ts'

const dayMs = 24 * 60 * 60_000

async function until(what: string, isSo: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const startedMs = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedMs > deadlineMs) throw new Error(`${what} did not come`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function run(app: TestApp, name: string): Promise<void> {
  await app.db('identity').transaction('test.run', tx => app.runtime.jobs.enqueue(tx, job(`identity.${name}`), {}))
}

async function erased(app: TestApp): Promise<number> {
  const [row] = await app.db('identity').sql<{ count: number }[]>`select count(*)::int as count from erased_subjects`
  return row?.count ?? 0
}

async function stateOf(app: TestApp, userId: string): Promise<string | undefined> {
  const [row] = await app.db('identity').sql<{ state: string }[]>`select state from erasures where user_id = ${userId}`
  return row?.state
}

test('a deleted account is signed out at once and erased after the grace period', async t => {
  const app = await openIdentity(t)
  const { client, user, registration } = await signUp(app)
  await assert.rejects(client.requestErasure({ username: 'somebody_else' }), { code: 'identity.username-wrong' })
  const { erasesAt } = await client.requestErasure({ username: registration.username })
  assert.equal(Date.parse(erasesAt), app.nowMs + 14 * dayMs)
  await assert.rejects(client.getMe({}), { status: 401 })
  await app.runtime.start()
  await run(app, 'advance-erasures')
  app.nowMs += 13 * dayMs
  await run(app, 'advance-erasures')
  assert.equal(await stateOf(app, user.id), 'waiting')
  app.nowMs += 1 * dayMs
  await run(app, 'advance-erasures')
  await until('freezing', async () => (await stateOf(app, user.id)) === 'frozen')
  const login = { login: registration.username, password: registration.password }
  await assert.rejects(app.client(identity).login(login), { code: 'identity.account-disabled' })
  app.nowMs += 15_000
  await run(app, 'advance-erasures')
  await until('the tombstone', async () => (await erased(app)) === 1)
  await assert.rejects(app.client(identity).login(login), { code: 'identity.wrong-credentials' })
  assert.equal(await stateOf(app, user.id), undefined)
  await signUp(app, registration) // username and address are available again
})

test('mails announce the deletion date and a finished export', async t => {
  const app = await openIdentity(t)
  const { client, user, registration } = await signUp(app)
  await app.db('identity').sql`update users set email_verified = true where id = ${user.id}`
  await app.runtime.start()
  await client.requestExport({})
  const ready = await nextMail(app, registration.email, { kind: 'archive-ready' })
  assert.match(ready.text, /\/account$/m)
  assert.equal((await client.listExports({})).data[0]?.state, 'ready')
  const { erasesAt } = await client.requestErasure({ username: registration.username })
  const { text } = await nextMail(app, registration.email, { kind: 'deletion-asked' })
  assert.ok(text.includes(erasesAt.slice(0, 10)))
})

test('an API key works during the grace period but not once the account is frozen', async t => {
  const app = await openIdentity(t)
  const { client, user, registration } = await signUp(app)
  const { key } = await client.createApiKey({ name: 'Backup', scopes: ['account:read'] })
  await client.requestErasure({ username: registration.username })
  const byKey = () => app.request(identity, 'getMe', {}, { token: key })
  assert.equal((await byKey()).status, 200)
  app.nowMs += 14 * dayMs
  await app.runtime.start()
  await run(app, 'advance-erasures')
  await until('freezing', async () => (await stateOf(app, user.id)) === 'frozen')
  await untilStatus(401, 1_000, byKey)
})

test('signing in during the grace period cancels the deletion', async t => {
  const app = await openIdentity(t)
  const { client, user, registration } = await signUp(app)
  await client.requestErasure({ username: registration.username })
  const { accessToken } = await app
    .client(identity)
    .login({ login: registration.username, password: registration.password })
  const again = app.client(identity, { token: accessToken })
  assert.equal(await stateOf(app, user.id), undefined)
  const actions = (await again.listAudit({})).data.map(({ action }) => action)
  assert.deepEqual(actions.slice(0, 2), ['deletion-cancelled', 'signed-in'])
  assert.ok(actions.includes('deletion-asked'))
})

test('an administrator can erase an account at once, but not the last administrator', async t => {
  const app = await openIdentity(t)
  const admin = await signUp(app)
  await promote(app, admin.user.id)
  const { data } = {
    data: await app
      .client(identity)
      .login({ login: admin.registration.username, password: admin.registration.password }),
  }
  const client = app.client(identity, { token: data.accessToken })
  const last = { code: 'identity.last-admin' }
  await assert.rejects(client.requestErasure({ username: admin.registration.username }), last)
  await assert.rejects(client.eraseUser({ id: admin.user.id, username: admin.registration.username }), last)
  const person = await signUp(app)
  await client.eraseUser({ id: person.user.id, username: person.registration.username })
  await assert.rejects(person.client.getMe({}), { status: 401 })
  await app.runtime.start()
  await until('freezing', async () => (await stateOf(app, person.user.id)) === 'frozen')
  app.nowMs += 15_000
  await run(app, 'advance-erasures')
  await until('the tombstone', async () => (await erased(app)) === 1)
})

test('an account that returns with a backup is erased again, even if the backup lacks the tombstone', async t => {
  const app = await openIdentity(t)
  const { user, client, registration } = await signUp(app)
  const { sql } = app.db('identity')
  await sql`create table backup as select * from users`
  await client.requestErasure({ username: registration.username })
  app.nowMs += 14 * dayMs
  await app.runtime.start()
  await run(app, 'advance-erasures')
  await until('freezing', async () => (await stateOf(app, user.id)) === 'frozen')
  app.nowMs += 15_000
  await run(app, 'advance-erasures')
  await until('the tombstone on disk', async () => {
    const [row] = await sql`select 1 from erased_subjects where kept_at is not null`
    return row !== undefined
  })
  await sql`delete from erased_subjects`
  await sql`insert into users select * from backup`
  await run(app, 'keep-tombstones')
  await until('the second erasure', async () => (await stateOf(app, user.id)) === 'waiting')
  await run(app, 'advance-erasures')
  await until('freezing', async () => (await stateOf(app, user.id)) === 'frozen')
  app.nowMs += 15_000
  await run(app, 'advance-erasures')
  await until('the end', async () => (await sql`select 1 from users where id = ${user.id}`).length === 0)
})
