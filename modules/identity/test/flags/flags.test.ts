/** Administrators decide feature flags, and what registrations do while they are off. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { testApp } from '@octet/testkit'
import { identityModule } from '../../src/module.ts'
import { fromOurPage, makeRegistration, openIdentity, password, promote, signUp, type Test } from '../make.ts'

const name = 'identity.registrations'

async function openWithAdmin(t: Test) {
  const app = await openIdentity(t)
  const admin = await signUp(app)
  await promote(app, admin.user.id)
  const login = { login: admin.registration.username, password }
  const tokens = await app.client(identity).login(login)
  assert.ok('accessToken' in tokens)
  return { app, admin: app.client(identity, { token: tokens.accessToken }) }
}

test('an administrator turns a feature off and back to its default, and the audit log has both', async t => {
  const { app, admin } = await openWithAdmin(t)
  const stateOf = async () => (await admin.listFlags({})).flags.find(flag => flag.name === name)
  const before = await stateOf()
  assert.deepEqual([before?.isOnByDefault, before?.sharePercent, before?.changedAt], [true, null, null])
  const off = await admin.setFlag({ name, sharePercent: 0 })
  assert.equal(off.sharePercent, 0)
  assert.ok(off.changedAt)
  assert.deepEqual(await stateOf(), off)
  await assert.rejects(app.client(identity).register(makeRegistration()), { code: 'identity.registrations-off' })
  await admin.setFlag({ name, sharePercent: null })
  assert.deepEqual(await stateOf(), before)
  await signUp(app)
  const { data } = await admin.listAudit({})
  assert.deepEqual(
    data.filter(({ action }) => action === 'flag-changed').map(({ details }) => details),
    [
      { flag: name, share: 'default' },
      { flag: name, share: '0' },
    ],
  )
  assert.equal((await admin.verifyAudit({})).intact, true)
})

test('while registrations are off no way creates an account, and accounts still sign in', async t => {
  const { app, admin } = await openWithAdmin(t)
  const { registration } = await signUp(app)
  await admin.setFlag({ name, sharePercent: 0 })
  for (const operation of ['register', 'webRegister']) {
    const { status, body } = await app.request(identity, operation, makeRegistration(), { headers: fromOurPage })
    assert.deepEqual([status, (body as { code: string }).code], [403, 'identity.registrations-off'])
  }
  const [row] = await app.db('identity').sql<{ count: number }[]>`select count(*)::int from users`
  assert.equal(row?.count, 2)
  assert.ok('accessToken' in (await app.client(identity).login({ login: registration.username, password })))
})

test('a flag decided in one process holds in another within two seconds', async t => {
  const { app, admin } = await openWithAdmin(t)
  const other = await testApp(t, { modules: [identityModule], sharing: app })
  await admin.setFlag({ name, sharePercent: 0 })
  const startedMs = performance.now()
  const isOff = () =>
    other
      .client(identity)
      .register(makeRegistration())
      .then(
        () => false,
        (problem: { code: string }) => problem.code === 'identity.registrations-off',
      )
  while (!(await isOff())) assert.ok(performance.now() - startedMs < 60_000, 'the other process has not learned it')
})

test('only a freshly signed-in administrator decides a flag, and only one that exists', async t => {
  const { app, admin } = await openWithAdmin(t)
  const user = await signUp(app)
  await assert.rejects(user.client.listFlags({}), { code: 'forbidden' })
  await assert.rejects(user.client.setFlag({ name, sharePercent: 0 }), { code: 'forbidden' })
  await assert.rejects(app.client(identity).setFlag({ name, sharePercent: 0 }), { code: 'unauthenticated' })
  await assert.rejects(admin.setFlag({ name: 'identity.unknown', sharePercent: 0 }), { code: 'not-found' })
  for (const sharePercent of [-1, 101, 0.5]) {
    await assert.rejects(admin.setFlag({ name, sharePercent }), { code: 'validation-failed' })
  }
  assert.deepEqual(await app.runtime.flags.list().then(all => all.filter(flag => flag.sharePercent !== null)), [])
  const { access } = identity.operations.setFlag
  assert.equal('fresh' in access && access.fresh, true)
})
