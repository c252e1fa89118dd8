/** Erasing and exporting when modules live in two processes, and when every step fails once. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '@octet/config'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { job } from '@octet/jobs'
import { type AnyModule, settingsOfModules } from '@octet/kernel'
import { createLog, createMetrics } from '@octet/observe'
import { migrationsOf, openRuntime, type Runtime } from '@octet/runtime'
import { openDiskStorage } from '@octet/storage'
import { defer, type Test, testApp, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const password = 'correct horse battery staple'
const deadlineMs = 60_000
const advanceErasuresJob = job('identity.advance-erasures')

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const startedMs = performance.now(); !(await isSo()); ) {
    if (performance.now() - startedMs > deadlineMs) throw new Error(`${what} did not come`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** Identity and the rest in one process, links in another; one database and one folder of files. */
async function twoProcesses(
  t: Test,
  clock: { nowMs: number },
): Promise<{ first: Runtime; origin: string; second: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-two-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const names = modules.map(module => module.contract.name as string)
  const groups = [names.filter(name => name !== 'links'), ['links']]
  const ports = [await freePort(), await freePort()]
  const runtimes: Runtime[] = []
  for (const [index, serve] of groups.entries()) {
    const others = names.filter(name => !serve.includes(name))
    const runtime = await openRuntime({
      modules,
      serve,
      peers: Object.fromEntries(others.map(name => [name, `http://127.0.0.1:${ports[1 - index]}`])),
      databaseUrl,
      dataDir: join(dir, String(index)),
      storage: await openDiskStorage(join(dir, 'files')),
      origin: `http://127.0.0.1:${ports[index]}`,
      log: createLog({ level: 'silent' }),
      metrics: createMetrics({ processMetrics: false }),
      now: () => clock.nowMs,
      limitsScale: 1_000,
      settings: readConfig({ OCTET_ERASURE_DAYS: '0' }, settingsOfModules(modules)),
    })
    defer(t, () => runtime.close(4_000))
    await runtime.app.listen({ host: '127.0.0.1', port: ports[index] ?? 0 })
    runtimes.push(runtime)
  }
  for (const runtime of runtimes) await runtime.start()
  const [first] = runtimes
  if (first === undefined) throw new Error('nothing was opened')
  return { first, origin: `http://127.0.0.1:${ports[0]}`, second: `http://127.0.0.1:${ports[1]}` }
}

async function ask(url: string, method: string, body?: object, token?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
}

test('a module in another process exports and erases, and its answers come back', async t => {
  const clock = { nowMs: Date.now() }
  const { first, origin, second } = await twoProcesses(t, clock)
  const registration = { username: 'ada_of_two', email: 'ada@example.org', password }
  const { accessToken, user } = (await ask(`${origin}/api/v1/auth/register`, 'POST', registration)).body
  const made = await ask(`${second}/api/v1/links`, 'POST', { url: 'https://example.org/two' }, accessToken)
  assert.equal(made.status, 201)
  assert.equal((await ask(`${origin}/api/v1/users/me/export`, 'POST', {}, accessToken)).status, 202)
  await until('the archive', async () => {
    const { body } = await ask(`${origin}/api/v1/users/me/exports`, 'GET', undefined, accessToken)
    return body.data[0]?.state === 'ready'
  })
  const erasing = await ask(`${origin}/api/v1/users/me?username=ada_of_two`, 'DELETE', undefined, accessToken)
  assert.equal(erasing.status, 202)
  assert.equal((await ask(`${origin}/api/v1/users/me`, 'GET', undefined, accessToken)).status, 401)
  await until('the other process refuses too', async () => {
    return (await ask(`${second}/api/v1/links`, 'GET', undefined, accessToken)).status === 401
  })
  const db = first.databases.get('identity')
  if (db === undefined) throw new Error('identity is not served')
  await until('freezing', async () => (await db.sql`select 1 from erasures where state = 'frozen'`).length === 1)
  clock.nowMs += 16_000
  await db.transaction('test.run', tx => first.jobs.enqueue(tx, advanceErasuresJob, {}))
  await until('the tombstone', async () => (await db.sql`select 1 from erased_subjects`).length === 1)
  assert.equal((await db.sql`select 1 from users where id = ${user.id}`).length, 0)
})

/** The same modules. Each erasure step fails once before, and once after, it has done its work. */
function failingOnce(module: AnyModule, failures: string[]): AnyModule {
  const failed = new Map<string, number>()
  const failing = <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const count = (failed.get(name) ?? 0) + 1
      failed.set(name, count)
      if (count <= 2) failures.push(`${module.contract.name}.${name} ${count}`)
      if (count === 1) throw new Error('planted: before')
      const result = await work(...args)
      if (count === 2) throw new Error('planted: after')
      return result
    }
  }
  const watched = /erase-user$|advance-erasures$|keep-tombstones$/
  const jobs = module.jobs?.map(one => {
    return watched.test(one.job.name)
      ? { ...one, attemptsMax: 10, backoff: { firstMs: 20, maxMs: 50 }, run: failing(one.job.name, one.run) }
      : one
  })
  const handlers = /^(eraseUser|recordErased)$/
  const listens = module.listens?.map(one => {
    return handlers.test(one.handler)
      ? { ...one, handle: failing(one.handler, one.handle as never) as typeof one.handle }
      : one
  })
  return { ...module, jobs, listens }
}

test('every step of an erasure may fail before and after its work, and still the erasure ends', async t => {
  const failures: string[] = []
  const app = await testApp(t, { modules: modules.map(module => failingOnce(module, failures)) })
  const { accessToken, user } = await app
    .client(identity)
    .register({ username: 'ada_fails', email: 'a@example.org', password })
  await app.client(links, { token: accessToken }).createLink({ url: 'https://example.org/x' })
  await app.client(identity, { token: accessToken }).requestErasure({ username: 'ada_fails' })
  app.nowMs += 15 * 24 * 60 * 60_000
  await app.runtime.start()
  const { sql, transaction } = app.db('identity')
  const advance = () => transaction('test.run', tx => app.runtime.jobs.enqueue(tx, advanceErasuresJob, {}))
  await advance()
  await until('freezing', async () => (await sql`select 1 from erasures where state = 'frozen'`).length === 1)
  app.nowMs += 16_000
  await advance()
  await until(
    'the tombstone',
    async () => (await sql`select 1 from erased_subjects where kept_at is not null`).length === 1,
  )
  assert.equal((await sql`select 1 from users where id = ${user.id}`).length, 0)
  const [left] = await app.db('links').sql<{ count: number }[]>`
    select count(*)::int as count from links where owner_id = ${user.id}`
  assert.equal(left?.count, 0)
  const steps = ['advance-erasures', 'eraseUser', 'erase-user', 'recordErased', 'keep-tombstones']
  for (const step of steps)
    assert.ok(
      failures.some(failure => failure.includes(step) && failure.endsWith('2')),
      step,
    )
})
