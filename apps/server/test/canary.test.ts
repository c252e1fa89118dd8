/**
 * The proof that erasing erases: a person writes a word of their own into every text field of every operation there
 * is, has it all exported, and is erased; then the word is looked for in every column of every table, in every file
 * and in every line of the log, and their id in every uuid column.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import type { Contract } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { type Columns, openPool } from '@octet/db'
import { job } from '@octet/jobs'
import { type AnyModule, operationsOf } from '@octet/kernel'
import { migrationsOf } from '@octet/runtime'
import { classified, type Test, type TestApp, testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'
import { createWriter, type Schema, systemCanaries, type Written, writeMore } from './canary-words.ts'

const password = 'correct horse battery staple'
const dayMs = 24 * 60 * 60_000
const deadlineMs = 60_000
/** How long events and jobs may still be under way after an erasure. */
const settleMs = 8_000
/** Proving who one is with made-up words only ends the session that the rest needs. */
const skipped = new Set([
  ...['register', 'login', 'refresh', 'logout', 'stepUp', 'requestErasure', 'eraseUser', 'requestExport'],
  ...['disableUser', 'endUserSessions', 'setUserRoles', 'reportLeakedKey', 'signOutDevice', 'signOutOthers'],
])
const skippedKinds = /^(web[A-Z]|finish|change(Password|Email)|reset)/

function operations() {
  const contracts = modules.map(module => module.contract as Contract)
  return contracts.flatMap(contract => [...operationsOf(contract).values()].map(one => ({ contract, one })))
}

/** Leaves out what a first try was refused for, so that one odd field does not keep the others from being written. */
async function callAll(app: TestApp, token: string, known: Record<string, unknown>, ids: string[]): Promise<Written[]> {
  const stored: Written[] = []
  for (const { contract, one } of operations()) {
    if (one.route === undefined || one.route.method === 'GET' || skipped.has(one.name) || skippedKinds.test(one.name))
      continue
    if (one.spec.access.kind !== 'user' && one.spec.access.kind !== 'anyone') continue
    if (one.route.method === 'DELETE') continue
    const writer = createWriter(known)
    let input = writer.value(one.spec.input as unknown as Schema, one.fullName) as Record<string, unknown>
    for (let attempt = 0; attempt < 6; attempt++) {
      const { status, body } = await app.request(contract, one.name, input, {
        token,
        idempotencyKey: `key-${one.name}`,
      })
      if (status < 300) {
        const { id } = (body ?? {}) as { id?: string }
        if (id !== undefined) known.id = id
        if (id !== undefined) ids.push(id)
        const sent = JSON.stringify(input)
        stored.push(...writer.written.filter(({ canary }) => sent.includes(canary)))
        break
      }
      const errors = (body as { errors?: { path: string }[] } | undefined)?.errors ?? []
      const wrong = errors.map(({ path }) => path.split('/')[1] ?? '')
      const required = new Set((one.spec.input as unknown as { required?: string[] }).required ?? [])
      const droppable = wrong.filter(name => !required.has(name) && name in input)
      if (droppable.length === 0) break
      input = Object.fromEntries(Object.entries(input).filter(([name]) => !droppable.includes(name)))
    }
  }
  return stored
}

type Person = Awaited<ReturnType<typeof writePerson>>

/**
 * Operations that leave traces of a person but would have ended the session of the main writer: failed attempts of
 * strangers, notes of administrators, and deleting one object after the other. Returns the operations that succeeded.
 */
async function leaveTraces(app: TestApp, person: Person): Promise<{ words: string[]; succeeded: Set<string> }> {
  const { user, name, registration, ids } = person
  const succeeded = new Set<string>()
  const words: string[] = []
  const known = { ...person.known, login: name, username: name, email: registration.email, id: user.id }
  const call = async (one: CalledOperation, token: string | undefined, about: Record<string, unknown>) => {
    const writer = createWriter({ ...known, ...about })
    const input = writer.value(one.one.spec.input as unknown as Schema, one.one.fullName) as Record<string, unknown>
    words.push(...writer.written.map(({ canary }) => canary))
    const { status } = await app.request(one.contract, one.one.name, input, {
      ...(token === undefined ? {} : { token }),
      headers: { 'sec-fetch-site': 'same-origin' },
      idempotencyKey: `trace-${one.one.name}-${words.length}`,
    })
    if (status < 300) succeeded.add(one.one.name)
    return status
  }
  const routed = operations().filter(({ one }) => one.route !== undefined && one.spec.handledBy !== 'module')
  // Public operations: with the right name and a wrong password, or an invented code, link, key or passkey.
  const publicWrites = routed.filter(({ one }) => one.spec.access.kind === 'anyone' && one.route?.method !== 'GET')
  for (const one of publicWrites)
    await call(one, undefined, { password: 'wrong', username: undefined, name: undefined })
  // By an administrator, about the person; the ones that shut out come before the ones that let in again.
  const admin = await adminOf(app)
  const byAdmin = routed.filter(({ one }) => one.spec.access.kind === 'permission' && one.name !== 'eraseUser')
  for (const one of byAdmin) for (const id of [user.id, ...ids]) await call(one, admin, { id, roles: ['user'] })
  const login = { login: name, password }
  const { accessToken } = await app.client(identity).login(login)
  const never = /^(requestErasure|signOut)/
  const deleting = routed
    .filter(({ one }) => one.route?.method === 'DELETE' && one.spec.access.kind === 'user' && !never.test(one.name))
    // What is inside goes before what it is in.
    .sort((a, b) => (b.one.route?.url.length ?? 0) - (a.one.route?.url.length ?? 0))
  for (const one of deleting) {
    // A message is found by its room and itself.
    const found = one.one.name === 'deleteMessage' ? [user.id] : ids
    for (const id of found) if ((await call(one, accessToken, { id })) < 300) break
  }
  for (const one of routed.filter(({ one: { name: is } }) => is === 'signOutDevice' || is === 'signOutOthers'))
    await call(one, accessToken, {})
  return { words, succeeded }
}

type CalledOperation = ReturnType<typeof operations>[number]

/** The token of an administrator whose data is not a canary. */
async function adminOf(app: TestApp): Promise<string> {
  const { user } = await app.client(identity).register({ username: 'keeper', email: 'keeper@example.org', password })
  await app.db('identity').sql`update users set roles = '{user,admin}' where id = ${user.id}`
  return (await app.client(identity).login({ login: 'keeper', password })).accessToken
}

/** `schema.table.column` of every place in the database that holds one of the words, and which. */
async function placesIn(databaseUrl: string, words: readonly string[]): Promise<Map<string, string[]>> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    const columns = await pool<{ schema: string; table: string; column: string; type: string }[]>`
      select table_schema as schema, table_name as "table", column_name as "column", data_type as type
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
    const found = new Map<string, string[]>()
    const pattern = `(${words.join('|')})`
    for (const { schema, table, column, type } of columns) {
      const value = type === 'bytea' ? pool`encode(${pool(column)}, 'escape')` : pool`${pool(column)}::text`
      const rows = await pool<{ word: string }[]>`
        select distinct hits[1] as word
        from ${pool(schema)}.${pool(table)}, regexp_matches(${value}, ${pattern}, 'g') as hits`
      if (rows.length > 0) {
        const place = `${schema}.${table}.${column}`
        found.set(
          place,
          rows.map(({ word }) => word),
        )
      }
    }
    return found
  } finally {
    await pool.end({ timeout: 5 })
  }
}

function isRetained(place: string, said: ReadonlyMap<string, Columns>): boolean {
  const [schema = '', table = '', column = ''] = place.split('.')
  return typeof said.get(schema)?.[table]?.[column] === 'object'
}

async function filesWith(folder: string, words: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter(one => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path, 'latin1')
    if (words.some(word => content.includes(word) || path.includes(word))) found.push(path.slice(folder.length))
  }
  return found
}

/** The text of every entry of a ZIP, by its central directory. */
function textIn(zip: Buffer): string {
  const texts: string[] = []
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const [method, sizeBytes, offset] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 42),
    ]
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
    const content = zip.subarray(start, start + sizeBytes)
    texts.push((method === 8 ? inflateRawSync(content) : content).toString())
  }
  return texts.join('\n')
}

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (const startedMs = performance.now(); performance.now() - startedMs < deadlineMs; ) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${what} did not come`)
}

async function run(app: TestApp, name: string): Promise<void> {
  await app.db('identity').transaction('test.run', tx => app.runtime.jobs.enqueue(tx, job(`identity.${name}`), {}))
}

/** A person who has written words of their own wherever one can write. */
async function writePerson(app: TestApp) {
  const name = `cn${randomBytes(7).toString('hex')}`
  const registration = { username: name, email: `${name}@example.org`, password }
  const { user, accessToken } = await app
    .client(identity)
    .register(registration, { idempotencyKey: `register-${name}` })
  const other = await app.client(identity).register({ username: 'somebody', email: 'some@example.org', password })
  const known: Record<string, unknown> = {
    userId: other.user.id,
    username: 'somebody',
    password,
    timeZone: 'Europe/Berlin',
  }
  const ids: string[] = []
  const written = await callAll(app, accessToken, known, ids)
  written.push(...(await writeMore(app, accessToken, known, ids)))
  const words = [name, ...written.map(({ canary }) => canary)]
  return { user, name, registration, known, ids, written, words, client: app.client(identity, { token: accessToken }) }
}

async function exportOf(app: TestApp, client: ReturnType<TestApp['client']>): Promise<string> {
  const mine = client as ReturnType<typeof app.client<typeof identity>>
  await mine.requestExport({})
  await assert.rejects(mine.requestExport({}), { code: 'identity.export-running' })
  const ready = await until('the archive', async () =>
    (await mine.listExports({})).data.find(one => one.state === 'ready'),
  )
  const { url } = await mine.createExportLink({ id: ready.id })
  const reply = await app.http.inject(new URL(url).pathname)
  assert.equal(reply.statusCode, 200)
  assert.equal((await app.http.inject(new URL(url).pathname)).statusCode, 404, 'the link works for one download')
  return textIn(reply.rawPayload)
}

async function erase(app: TestApp, { name }: Person): Promise<void> {
  const { accessToken: token } = await app.client(identity).login({ login: name, password })
  await app.client(identity, { token }).requestErasure({ username: name })
  app.nowMs += 15 * dayMs
  await run(app, 'advance-erasures')
  const { sql } = app.db('identity')
  await until('freezing', async () => (await sql`select 1 from erasures where state = 'frozen'`).length === 1)
  app.nowMs += 16_000
  await run(app, 'advance-erasures')
}

async function isErased(app: TestApp): Promise<boolean> {
  return (await app.db('identity').sql`select 1 from erased_subjects where kept_at is not null`).length === 1
}

async function open(t: Test, of: readonly AnyModule[] = modules): Promise<TestApp> {
  const app = await testApp(t, { modules: of })
  await app.runtime.start()
  return app
}

test('after an erasure no word and no pointer of the person is left but for a stated reason', async t => {
  const app = await open(t)
  const person = await writePerson(app)
  const { words, written, user } = person
  assert.ok(
    written.length >= 8,
    `only ${written.length} fields were written: ${written.map(one => one.place).join(', ')}`,
  )
  const before = await placesIn(app.databaseUrl, words)
  assert.ok(before.size >= 8, 'the words are in the database before')

  const archive = await exportOf(app, person.client)
  // What a later change has overwritten is in no table of a module any more.
  const own = [...before].filter(([place]) => !/[.](outbox|idempotency_keys|jobs|mails)[.]/.test(place))
  const kept = new Set(own.flatMap(([, found]) => found))
  const missing = written.filter(({ canary }) => kept.has(canary) && !archive.includes(canary)).map(one => one.place)
  assert.deepEqual(missing, [], 'everything the person wrote is in the archive')
  assert.ok(archive.includes(person.name))

  const traces = await leaveTraces(app, person)
  for (const one of systemCanaries.flatMap(({ mustSucceed }) => mustSucceed))
    assert.ok(traces.succeeded.has(one), `${one} was really done; ${[...traces.succeeded].join(' ')}`)
  const all = [...words, ...traces.words]
  await erase(app, person)
  await until('the end of the erasure', () => isErased(app))
  assert.deepEqual(await placesLeft(app, [...all, user.id]), [])
  assert.deepEqual(await filesWith(app.dataDir, all), [])
  const lines = app.logLines.filter(line => all.some(word => line.includes(word)))
  assert.deepEqual(lines, [])
})

/** Where the words still are, without a stated reason. Events and jobs under way go when they have arrived. */
async function placesLeft(app: TestApp, words: readonly string[]): Promise<string[]> {
  const said = classified(migrationsOf(modules))
  const left = async () =>
    [...(await placesIn(app.databaseUrl, words)).keys()].filter(place => !isRetained(place, said))
  let places = await left()
  for (const startedMs = performance.now(); places.length > 0 && performance.now() - startedMs < settleMs; ) {
    await new Promise(resolve => setTimeout(resolve, 100))
    places = await left()
  }
  return places
}

test('one column of one row that keeps the name turns the search red', async t => {
  const app = await open(t)
  const person = await writePerson(app)
  const pool = openPool(app.databaseUrl, { connectionsMax: 1 })
  await pool.unsafe(`
    create table identity.leaks (word text);
    create function identity.leak() returns trigger language plpgsql security definer as
      $$ begin insert into identity.leaks values ('was ' || old.username); return old; end $$;
    create trigger leak before delete on identity.users for each row execute function identity.leak();`)
  await pool.end({ timeout: 5 })
  await erase(app, person)
  await until('the end of the erasure', () => isErased(app))
  assert.deepEqual(await placesLeft(app, [...person.words, person.user.id]), ['identity.leaks.word'])
})

test('a module that forgets a column does not go unseen', async t => {
  const forgetful = modules.map((module): AnyModule => {
    if (module.contract.name !== 'links' || !('columns' in module.privacy)) return module
    const { privacy } = module
    const jobs = module.jobs?.map(one => {
      if (one.job.name !== 'links.erase-user') return one
      // Says it is done and has done nothing.
      const keep = async (ctx: { db: ReturnType<TestApp['db']> }, { requestId }: { requestId: string }) => {
        await ctx.db.transaction('test.keep', tx =>
          tx.publish('user-erased' as never, { requestId, module: 'links' } as never),
        )
      }
      return { ...one, run: keep as never }
    })
    return { ...module, privacy, jobs }
  })
  const app = await open(t, forgetful)
  const person = await writePerson(app)
  await erase(app, person)
  await until('the end of the erasure', () => isErased(app))
  const places = await placesIn(app.databaseUrl, [...person.words, person.user.id])
  assert.ok(places.has('links.links.owner_id'), [...places.keys()].join(', '))
})

test('without the answer of one module an erasure does not end', async t => {
  const silent = modules.map((module): AnyModule => {
    const listens = module.listens?.filter(one => module.contract.name !== 'links' || one.handler !== 'eraseUser')
    return { ...module, listens }
  })
  const app = await open(t, silent)
  await erase(app, await writePerson(app))
  const { sql } = app.db('identity')
  const missing = await until('the other answers', async () => {
    const rows = await sql<{ module: string }[]>`select module from privacy_answers where answered_at is null`
    return rows.length === 1 && rows
  })
  assert.equal(missing[0]?.module, 'links')
  assert.equal(await isErased(app), false)
})
