/** One suite over every placement of a module: a call must not be able to tell where the other module lives. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { anonymous, type ClientOf, freshMs, type Principal, type Problem } from '@octet/contracts'
import { newId } from '@octet/db'
import { addInternalRoutes } from '@octet/http'
import {
  clientOf,
  connectRemote,
  createTokenSigner,
  createTokenVerifier,
  localTransport,
  type RequestInfo,
  type Transport,
} from '@octet/kernel'
import { defer, type Test, type TestApp, testApp } from '@octet/testkit'
import { type ChaosProxy, chaosProxy } from './chaos-proxy.ts'
import { heard, listenerModule, sample, sampleModule } from './sample.ts'

interface Placement {
  readonly app: TestApp
  readonly transport: Transport
  readonly proxy?: ChaosProxy
}

const placements: Record<string, (t: Test) => Promise<Placement>> = {
  local: async t => {
    const app = await testApp(t, { modules: [sampleModule] })
    return { app, transport: localTransport(operation => app.runtime.host.handlerOf(operation)) }
  },
  http: async t => {
    const app = await testApp(t, { modules: [sampleModule] })
    return { app, transport: remoteTo(t, await listen(app)) }
  },
  'http with chaos': async t => {
    const app = await testApp(t, { modules: [sampleModule] })
    const proxy = await chaosProxy(t, await listen(app))
    return { app, proxy, transport: remoteTo(t, proxy.url) }
  },
}

const keys = generateKeyPairSync('ed25519')
const strangersKeys = generateKeyPairSync('ed25519')

async function listen(app: TestApp): Promise<string> {
  const publicKeyOf = async (kid: string) => (kid === 'test' ? (keys.publicKey as never) : undefined)
  addInternalRoutes(app.http, app.runtime.host, createTokenVerifier(publicKeyOf))
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`
}

function remoteTo(t: Test, url: string, privateKey: KeyObject = keys.privateKey): Transport {
  const remote = connectRemote({ url, signToken: createTokenSigner({ kid: 'test', privateKey: privateKey as never }) })
  defer(t, () => remote.close())
  return remote.transport
}

const user: Principal = {
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  roles: ['user'],
  scopes: '*',
  provenAtMs: Date.now(),
}

function request(actor: Principal = anonymous, deadlineInMs = 5_000): RequestInfo {
  return { actor, caller: 'listener', requestId: newId(), deadlineMs: Date.now() + deadlineInMs }
}

function client({ transport }: Placement, as: RequestInfo = request()): ClientOf<typeof sample> {
  return clientOf(sample, transport, as)
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error !== undefined, 'it should have been refused')
  return error as Problem
}

async function effects({ app }: Placement, operation: string): Promise<number> {
  const [row] = await app.db('sample').sql<{ count: number }[]>`
    select count(*)::int from effects where operation = ${operation}`
  return row?.count ?? 0
}

for (const [name, place] of Object.entries(placements)) {
  test(`${name}: values are copied, never shared, and carry only what JSON carries`, async t => {
    const calls = client(await place(t))
    const input = { text: 'a', list: [1, 2] }
    const output = await calls.echo(input)
    assert.deepEqual(output, input)
    assert.notEqual(output.list, input.list)
    const kept = await calls.echo({ text: 'kept' })
    kept.list?.push(4)
    assert.deepEqual((await calls.echo({ text: 'kept' })).list, [1, 2, 3])
    assert.deepEqual(Object.keys(await calls.echo({ text: 'b', list: undefined })), ['text'])
  })

  test(`${name}: input outside the contract is refused and nothing runs`, async t => {
    const problem = await problemOf(client(await place(t)).echo({ text: 1, more: true } as never))
    assert.deepEqual([problem.code, problem.status, problem.executed], ['validation-failed', 400, 'no'])
    assert.deepEqual(problem.errors?.map(({ path }) => path).sort(), ['/more', '/text'])
  })

  test(`${name}: the caller's rights are checked`, async t => {
    const placement = await place(t)
    assert.equal((await problemOf(client(placement).ofUser({}))).code, 'unauthenticated')
    const narrow = { ...user, scopes: ['other:read'] }
    assert.equal((await problemOf(client(placement, request(narrow)).ofUser({}))).code, 'forbidden')
    assert.deepEqual(await client(placement, request(user)).ofUser({}), { userId: user.userId })
    const longAgo = { ...user, provenAtMs: Date.now() - freshMs }
    assert.equal((await problemOf(client(placement, request(longAgo)).ofFresh({}))).code, 'fresh-sign-in-required')
    await client(placement, request(user)).ofFresh({})
    assert.deepEqual(await client(placement).ofModules({}), {})
  })

  test(`${name}: problems arrive whole, and the inside of a crash does not`, async t => {
    const calls = client(await place(t))
    const refused = await problemOf(calls.refuse({}))
    assert.deepEqual([refused.code, refused.status, refused.title], ['sample.refused', 409, 'Refused.'])
    assert.deepEqual([refused.detail, refused.errors], ['because', [{ path: '/x', message: 'y' }]])
    for (const crashed of [await problemOf(calls.crash({})), await problemOf(calls.lie({}))]) {
      assert.deepEqual([crashed.code, crashed.executed], ['internal', 'maybe'])
      assert.doesNotMatch(JSON.stringify(crashed), /secret|contract/)
    }
  })

  test(`${name}: the deadline travels and is kept`, async t => {
    const placement = await place(t)
    const startedMs = performance.now()
    const late = await problemOf(client(placement, request(anonymous, 150)).wait({ ms: 1_500 }))
    assert.deepEqual([late.code, late.executed], ['deadline-exceeded', 'maybe'])
    assert.ok(performance.now() - startedMs < 1_000, 'it must not wait for the work')
    const { remainingMs } = await client(placement, request(anonymous, 800)).wait({ ms: 0 })
    assert.ok(remainingMs > 0 && remainingMs <= 800, String(remainingMs))
    const over = await problemOf(client(placement, request(anonymous, -1)).addNever({}))
    assert.deepEqual([over.code, over.executed, await effects(placement, 'addNever')], ['deadline-exceeded', 'no', 0])
  })

  test(`${name}: a keyed operation acts once per key and answers alike`, async t => {
    const placement = await place(t)
    const calls = client(placement, request(user))
    const first = await calls.addKeyed({}, { idempotencyKey: 'k1' })
    assert.deepEqual(await calls.addKeyed({}, { idempotencyKey: 'k1' }), first)
    await calls.addKeyed({}, { idempotencyKey: 'k2' })
    assert.equal(await effects(placement, 'addKeyed'), 2)
  })

  test(`${name}: a call inside a database transaction is refused`, async t => {
    const placement = await place(t)
    const inside = placement.app.db('sample').transaction('test', () => client(placement).echo({ text: 'x' }))
    await assert.rejects(inside, /called inside transaction "test"/)
  })
}

const place = placements['http with chaos'] as (t: Test) => Promise<Required<Placement>>

test('chaos: a lost request is repeated when that is harmless, and reported as unknown when it is not', async t => {
  const placement = await place(t)
  const calls = client(placement, request(user))
  placement.proxy.inject('drop-before', 2)
  assert.deepEqual(await calls.echo({ text: 'x' }), { text: 'x' })
  placement.proxy.inject('drop-before', 1)
  assert.deepEqual(await calls.addKeyed({}, { idempotencyKey: 'k' }), { count: 1 })
  placement.proxy.inject('drop-before', 1)
  const unknown = await problemOf(calls.addNever({}))
  assert.deepEqual([unknown.code, unknown.executed, await effects(placement, 'addNever')], ['unavailable', 'maybe', 0])
  assert.equal(placement.proxy.hits, 4)
})

test('chaos: a lost answer acts once for keyed and never operations, at least once for safe ones', async t => {
  const placement = await place(t)
  const calls = client(placement, request(user))
  placement.proxy.inject('drop-after', 1)
  assert.deepEqual(await calls.addKeyed({}, { idempotencyKey: 'k' }), { count: 1 })
  assert.equal(await effects(placement, 'addKeyed'), 1)
  placement.proxy.inject('drop-after', 1)
  assert.equal((await problemOf(calls.addKeyed({}))).executed, 'maybe', 'without a key it is not repeated')
  assert.equal(await effects(placement, 'addKeyed'), 2)
  placement.proxy.inject('drop-after', 1)
  assert.equal((await problemOf(calls.addNever({}))).executed, 'maybe')
  assert.equal(await effects(placement, 'addNever'), 1)
  placement.proxy.inject('drop-after', 1)
  assert.deepEqual(await calls.addSafe({}), { count: 2 })
  assert.equal(placement.proxy.hits, 4)
})

test('chaos: a request that arrives twice acts once under its key; a slow one still arrives', async t => {
  const placement = await place(t)
  const calls = client(placement, request(user))
  placement.proxy.inject('duplicate', 1)
  assert.deepEqual(await calls.addKeyed({}, { idempotencyKey: 'k' }), { count: 1 })
  assert.equal(await effects(placement, 'addKeyed'), 1)
  placement.proxy.inject('delay', 1)
  assert.deepEqual(await calls.echo({ text: 'slow' }), { text: 'slow' })
  assert.equal(placement.proxy.hits, 2)
})

test('a process that is not there soon costs its callers nothing, and nothing was executed', async t => {
  const placement = { transport: remoteTo(t, 'http://127.0.0.1:9') } as Placement
  for (let round = 0; round < 4; round++) {
    const problem = await problemOf(client(placement).echo({ text: 'x' }))
    assert.deepEqual([problem.code, problem.executed], ['unavailable', 'no'])
  }
  const startedMs = performance.now()
  for (let round = 0; round < 20; round++) await problemOf(client(placement).addNever({}))
  assert.ok(performance.now() - startedMs < 200, 'the breaker should be open')
})

test('a token signed by a stranger, meant for another module or missing opens nothing', async t => {
  const app = await testApp(t, { modules: [sampleModule] })
  const url = await listen(app)
  const forged = await problemOf(
    client({ app, transport: remoteTo(t, url, strangersKeys.privateKey) }).echo({ text: 'x' }),
  )
  assert.equal(forged.code, 'unauthenticated')
  const token = await createTokenSigner({ kid: 'test', privateKey: keys.privateKey as never })('other', {
    caller: 'x',
    actor: user,
  })
  for (const headers of [{}, { authorization: `Bearer ${token}` }, { authorization: 'Bearer nonsense' }]) {
    const answer = await fetch(`${url}/internal/sample/ofModules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-octet-deadline-ms': '1000', ...headers },
      body: '{}',
    })
    assert.equal(answer.status, 401)
  }
})

test('an event reaches its listener once, also when the delivery is repeated', async t => {
  const app = await testApp(t, { modules: [sampleModule, listenerModule] })
  const calls = client(
    { app, transport: localTransport(operation => app.runtime.host.handlerOf(operation)) },
    request(user),
  )
  heard.length = 0
  await calls.addKeyed({}, { idempotencyKey: 'a' })
  await calls.addKeyed({}, { idempotencyKey: 'a' })
  await app.db('sample').sql`update outbox set created_at = created_at`
  const [row] = await app.db('sample').sql<{ event_id: string; data: unknown }[]>`select event_id, data from outbox`
  await app.deliverEvents()
  assert.deepEqual(heard, [1])
  const [subscriber] = app.runtime.host.subscribersOf('sample.thing-added')
  await subscriber?.deliver({ eventId: row?.event_id ?? '', data: row?.data })
  assert.deepEqual(heard, [1])
  assert.equal((await app.db('sample').sql`select 1 from outbox`).length, 0)
})
