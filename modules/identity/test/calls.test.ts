import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type ClientOf, isFresh } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { invoke, operationsOf, serviceRequest } from '@octet/kernel'
import { mailsTo } from './mails.ts'
import { openIdentity, signUp, signUpInBrowser } from './make.ts'

const app = await openIdentity({ after })

/** Identity as another module calls it. */
function asModule(): ClientOf<typeof identity> {
  const calls: Record<string, (input: unknown) => Promise<unknown>> = {}
  for (const operation of operationsOf(identity).values()) {
    const handler = app.runtime.host.handlerOf(operation)
    if (handler === undefined) continue
    calls[operation.name] = input => handler(serviceRequest('links', 'test', 1_000), input)
  }
  return calls as unknown as ClientOf<typeof identity>
}

test('other modules get public profiles by id; unknown ids are omitted', async () => {
  const one = await signUp(app)
  const other = await signUp(app)
  const { users } = await asModule().getUsers({ ids: [one.user.id, newId(), other.user.id] })
  assert.deepEqual(
    users.sort((a, b) => a.id.localeCompare(b.id)),
    [one, other].map(({ user: { id, username, displayName } }) => ({ id, username, displayName })),
  )
  assert.deepEqual(await asModule().getUsers({ ids: [] }), { users: [] })
})

test('a process without identity can authenticate a credential', async () => {
  const api = await signUp(app)
  const web = await signUpInBrowser(app)
  const { authenticate } = asModule()
  const bearer = await authenticate({ kind: 'bearer', value: api.accessToken })
  assert.deepEqual(
    { ...bearer, sessionId: '', provenAtMs: 0 },
    {
      kind: 'user',
      userId: api.user.id,
      sessionId: '',
      roles: ['user'],
      scopes: '*',
      provenAtMs: 0,
      isUnverified: true,
    },
  )
  assert.ok(isFresh(bearer))
  const cookie = await authenticate({ kind: 'cookie', value: web.cookie.slice('oct='.length) })
  assert.equal(cookie.kind === 'user' && cookie.userId, web.me.id)
  assert.deepEqual(await authenticate({ kind: 'cookie', value: 'x' }), { kind: 'anonymous' })
  await assert.rejects(authenticate({ kind: 'bearer', value: 'x' }), { code: 'unauthenticated' })
})

test('operations for modules are refused to all users, whatever their rights', async () => {
  const { user } = await signUp(app)
  const roles = ['admin'] as const
  const actor = {
    kind: 'user',
    userId: user.id,
    sessionId: newId(),
    roles,
    scopes: '*',
    provenAtMs: Date.now(),
  } as const
  const request = { actor, requestId: 'test', deadlineMs: Date.now() + 1_000 }
  for (const name of ['getUsers', 'authenticate'] as const) {
    const operation = operationsOf(identity).get(name)
    const handler = operation && app.runtime.host.handlerOf(operation)
    assert.ok(operation !== undefined && handler !== undefined)
    assert.equal(operation.route, undefined)
    await assert.rejects(invoke(operation, handler, request, {}), { code: 'forbidden' })
  }
})

test('a module can mail a user by id, in their language and only to a verified address', async () => {
  const { user, registration, client } = await signUp(app)
  const text = (subject: string) => ({ subject, lines: ['x'], action: { label: 'Look', path: '/links' } })
  const input = { userId: user.id, kind: 'test-mail', text: { en: text('Hello'), de: text('Hallo') } }
  const send = () => asModule().mailUser(input)
  assert.deepEqual(await send(), { sent: false }, 'the address was never proved')
  await app.db('identity').sql`update users set email_verified = true where id = ${user.id}`
  await client.updateMe({ preferences: { language: 'de' } })
  assert.deepEqual(await send(), { sent: true })
  assert.deepEqual(
    (await mailsTo(app, registration.email)).filter(({ kind }) => kind === 'test-mail').map(({ subject }) => subject),
    ['Hallo'],
  )
  assert.deepEqual(await asModule().mailUser({ ...input, userId: newId() }), { sent: false })
})
