/**
 * A full or broken disk: every file is complete or absent, the caller gets an error and may retry, nothing acknowledged
 * is lost, and the process survives.
 */
import assert from 'node:assert/strict'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chatModule } from '@octet/chat'
import { chat } from '@octet/contracts/chat'
import { links } from '@octet/contracts/links'
import { newId, openPool } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { linksModule } from '@octet/links'
import { createLog } from '@octet/observe'
import { openDiskStorage, type Storage } from '@octet/storage'
import { defer, type Test, type TestApp, testApp } from '@octet/testkit'
import { type DiskCall, type DiskError, diskFault } from '../disk-fault.ts'

async function* chunks(text: string): AsyncIterable<Buffer> {
  for (const part of text.split(' ')) yield Buffer.from(part)
}

async function folder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-full-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  return dir
}

async function textOf(body: AsyncIterable<unknown>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of body) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

const [old, fresh] = ['what was there', 'what came after it'] as const
const whole = [old, fresh].map(text => text.replaceAll(' ', ''))

async function held(storage: Storage, key: string): Promise<string> {
  const found = await storage.get(key).catch(() => undefined)
  return found === undefined ? 'nothing' : textOf(found.body)
}

/** Replaces an object repeatedly, failing one call after the other until none is left. */
async function replaceAmid(t: Test, code: DiskError, open: (root: string) => Promise<Storage>) {
  const root = await folder(t)
  const storage = await open(root)
  const disk = await diskFault(t, root)
  const findings: string[] = []
  for (let wanted = 1; ; wanted++) {
    const key = `of/${wanted}/file`
    await storage.put(key, chunks(old), { sizeBytesMax: 100 })
    let [calls, failed] = [0, undefined as DiskCall | undefined]
    disk.decide(call => {
      if (++calls !== wanted) return undefined
      failed = call
      return code
    })
    const answer = await storage.put(key, chunks(fresh), { sizeBytesMax: 100 }).catch((error: unknown) => error)
    disk.heal()
    if (failed === undefined) return { findings, calls: wanted - 1 }
    const where = `call ${wanted} (${failed.name} ${failed.path.slice(root.length)})`
    if ((answer as { code?: string }).code !== code) findings.push(`${where} was not told`)
    const text = await held(storage, key)
    if (!whole.includes(text)) findings.push(`after ${where} there is ${text}`)
    if ((await readdir(join(root, '.spool'))).length > 0) findings.push(`${where} left something`)
    await storage.put(key, chunks(fresh), { sizeBytesMax: 100 })
    if ((await held(storage, key)) !== whole[1]) findings.push(`trying again after ${where} did not help`)
  }
}

for (const code of ['ENOSPC', 'EIO'] as const) {
  test(`O8: ${code} after any failed call of an upload the old or new object is complete and alone`, async t => {
    const { findings, calls } = await replaceAmid(t, code, openDiskStorage)
    assert.deepEqual(findings, [])
    t.diagnostic(`${calls} calls`)
    assert.ok(calls >= 10)
  })
}

test('the check turns red for a storage that writes to the file it serves', async t => {
  const inPlace = async (root: string): Promise<Storage> => {
    const storage = await openDiskStorage(root)
    const copy = async (key: string) => {
      const bytes = await readFile(join(root, `${key}-new~`))
      const file = await open(join(root, `${key}~`), 'w')
      await file.writeFile(bytes).finally(() => file.close())
    }
    return {
      ...storage,
      async put(key, body, options) {
        const stored = await storage.put(`${key}-new`, body, options)
        await copy(key)
        return stored
      },
    }
  }
  const { findings } = await replaceAmid(t, 'ENOSPC', inPlace)
  assert.ok(
    findings.some(finding => finding.includes('there is')),
    findings.join('; '),
  )
})

/** Below the storage of the app, and outside the folder of its journal. */
const inStorage = (of: TestApp) => join(of.dataDir, 'files')

test('O8: a file sent to a full disk is refused with 503, leaves nothing, and succeeds on retry', async t => {
  const app = await testApp(t, { modules: [chatModule], fakes: noAccounts })
  const token = app.as(newId())
  const { id: roomId } = await app.client(chat, { token }).createRoom({ name: 'Full' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }
  const disk = await diskFault(t, inStorage(app))
  const send = () =>
    app.http.inject({ method: 'POST', url: `/chat/rooms/${roomId}/files?name=a.txt`, headers, payload: 'some text' })
  disk.decide(({ name }) => (name === 'write' ? 'ENOSPC' : undefined))
  const refused = await send()
  assert.deepEqual([refused.statusCode, refused.json().code], [503, 'unavailable'], refused.body)
  assert.match(refused.body, /disk is full/)
  assert.ok(
    app.logLines.some(line => line.includes('"level":"error"') && line.includes('ENOSPC')),
    'the log has the error',
  )
  assert.deepEqual(await readdir(join(inStorage(app), '.spool')), [])
  disk.heal()
  assert.equal((await send()).statusCode, 201)

  // Multipart: the last part arrives, and the assembled file does not fit.
  const upload = await app.client(chat, { token }).createUpload({ roomId, name: 'b.txt', sizeBytes: 9 })
  const sendPart = () =>
    app.http.inject({
      method: 'PATCH',
      url: `/chat/uploads/${upload.id}`,
      headers: { ...headers, 'upload-offset': String(offset) },
      payload: offset === 0 ? 'some text' : '',
    })
  let offset = 0
  disk.decide(({ name, path }) => (name === 'rename' || /uploads/.test(path) ? 'ENOSPC' : undefined))
  assert.equal((await sendPart()).statusCode, 503)
  let renames = 0
  disk.decide(({ name }) => (name === 'rename' && ++renames === 2 ? 'ENOSPC' : undefined))
  assert.equal((await sendPart()).statusCode, 503)
  assert.equal(renames, 2, 'the part was kept, the whole was not')
  disk.heal()
  offset = 9
  const done = await sendPart()
  assert.equal(done.statusCode, 200, done.body)
  const { file } = done.json() as { file: { id: string } }
  const fetched = await app.http.inject({ url: `/chat/files/${file.id}`, headers })
  assert.deepEqual([fetched.statusCode, fetched.body], [200, 'some text'])
})

const noAccounts = {
  identity: { getUsers: async () => ({ users: [] }), getBlocks: async () => ({ blockedBy: [], hasBlocked: [] }) },
}

/** Visitors before, during and after a failure of the journal's disk, twice. */
async function visitAmid(t: Test, module: AnyModule) {
  const app = await testApp(t, { modules: [module] })
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`
  const mine = app.client(links, { token: app.as(newId()) })
  const { id, code } = await mine.createLink({ url: 'https://example.org/' })
  const last = await mine.createLink({ url: 'https://example.org/last' })
  const disk = await diskFault(t, join(app.dataDir, 'modules', 'links', 'clicks'))
  const answers = new Map<string, number>()
  const visit = async (of = code) => {
    const answer = await fetch(`${origin}/s/${of}`, { redirect: 'manual' })
    await answer.body?.cancel()
    const kind = `${answer.status}${answer.headers.has('retry-after') ? ' again' : ''}`
    if (of === code) answers.set(kind, (answers.get(kind) ?? 0) + 1)
    return answer.status
  }
  const until = async (isSo: () => Promise<boolean>) => {
    for (const startedMs = performance.now(); !(await isSo()); ) {
      assert.ok(performance.now() - startedMs < 20_000, 'it never came to it')
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
  const crowd = () => Promise.all(Array.from({ length: 20 }, () => visit()))
  await crowd()
  for (const error of ['ENOSPC', 'EIO'] satisfies DiskError[]) {
    disk.decide(({ name }) => (name === 'write' ? error : undefined))
    await crowd()
    disk.heal()
    await new Promise(resolve => setTimeout(resolve, 300)) // the journal's pause
    await until(async () => (await visit()) === 302)
    await crowd()
  }
  // Clicks are counted in order: once this one is counted, all earlier ones are.
  await until(async () => (await visit(last.code)) === 302)
  const clicksOf = async (linkId: string) => (await mine.getLinkStats({ id: linkId, days: 2 })).clicks
  await until(async () => (await clicksOf(last.id)) > 0)
  const counted = await clicksOf(id)
  const said = (what: string) => app.logLines.filter(line => line.includes(what)).length
  return { answers, counted, failures: said('the disk failed; refusing appends'), healed: said('the disk works again') }
}

test('O9: a full disk under the click journal redirects no visitor uncounted and logs one error', async t => {
  const { answers, counted, failures, healed } = await visitAmid(t, linksModule)
  const [sentOn, refused] = [answers.get('302') ?? 0, answers.get('503 again') ?? 0]
  t.diagnostic(`${sentOn} sent on, ${refused} refused, ${counted} counted`)
  assert.deepEqual([...answers.keys()].sort(), ['302', '503 again'])
  assert.ok(refused >= 40)
  assert.ok(sentOn <= counted && counted <= sentOn + refused, `${sentOn} ≤ ${counted} ≤ ${sentOn + refused}`)
  assert.deepEqual([failures, healed], [2, 2])
})

test('the check turns red for a server that redirects visitors although the disk fails', async t => {
  const careless: AnyModule = {
    ...linksModule,
    open: async (floor: never, installation: never) => {
      const state = await linksModule.open(floor, installation)
      const { clickJournal } = state
      const append = (record: string, done: (error: null) => void) => clickJournal.append(record, () => done(null))
      return { ...state, clickJournal: { ...clickJournal, append } }
    },
  }
  const { answers, counted } = await visitAmid(t, careless)
  assert.ok(counted < (answers.get('302') ?? 0), `${counted} counted of ${answers.get('302')}`)
})

test('a full disk under the log stops nothing; later lines are written with the number of dropped ones', async t => {
  const dir = await folder(t)
  const disk = await diskFault(t, dir)
  const path = join(dir, 'octet.log')
  const log = createLog({ level: 'info', destination: path })
  log.error({ i: 0 }, 'before')
  disk.decide(({ name }) => (name === 'write' ? 'ENOSPC' : undefined))
  const long = 'x'.repeat(10_000)
  for (let i = 1; i <= 1_000; i++) log.error({ i, long }, 'while it is full')
  disk.heal()
  log.error({ i: 2_000 }, 'after')
  log.close()
  const lines = (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(lines[0].i, 0)
  const { dropped } = lines.find(line => line.dropped !== undefined) ?? { dropped: 0 }
  assert.ok(dropped > 0)
  assert.equal(lines.filter(line => line.i !== undefined).length + dropped, 1_002)
})

/** Every write to a module's tables fails as PostgreSQL fails it on a full disk. */
async function fillDatabase(app: TestApp, schemas: readonly string[]) {
  const pool = openPool(app.databaseUrl, { connectionsMax: 1 })
  const tables = await pool<{ schema: string; table: string }[]>`
    select table_schema as schema, table_name as "table" from information_schema.tables
    where table_schema = any(${[...schemas]}) and table_type = 'BASE TABLE'`
  await pool`create schema if not exists full_disk`
  await pool`grant usage on schema full_disk to public`
  await pool.unsafe(`
    create or replace function full_disk.refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
  for (const { schema, table } of tables) {
    await pool`
      create trigger full_disk before insert or update on ${pool(schema)}.${pool(table)}
      for each statement execute function full_disk.refuse()`
  }
  return async () => {
    await pool`drop schema full_disk cascade`
    await pool.end({ timeout: 5 })
  }
}

test('O13: a full database gives 503 and not 500, and everything works again when there is room', async t => {
  const app = await testApp(t, { modules: [linksModule, chatModule], fakes: noAccounts })
  const token = app.as(newId())
  const link = await app.client(links, { token }).createLink({ url: 'https://example.org/' })
  const { id: roomId } = await app.client(chat, { token }).createRoom({ name: 'Full' })
  const said = await app.client(chat, { token }).sendMessage({ roomId, cmid: 'first-cmid', body: 'said' })
  const writes = [
    [links, 'createLink', { url: 'https://example.org/b' }],
    [links, 'createLinks', { links: [{ url: 'https://example.org/c' }] }],
    [links, 'updateLink', { id: link.id, title: 'Two' }],
    [links, 'setLinkSharing', { id: link.id, hasPublicStats: true }],
    [links, 'renameTag', { tag: 'a', name: 'b' }],
    [links, 'createFolder', { name: 'In' }],
    [links, 'deleteLink', { id: link.id }],
    [chat, 'createRoom', { name: 'Second' }],
    [chat, 'sendMessage', { roomId, cmid: 'second-cmid', body: 'again' }],
    [chat, 'editMessage', { roomId, messageId: said.id, body: 'edited' }],
    [chat, 'react', { roomId, messageId: said.id, emoji: '👍', on: true }],
    [chat, 'markRead', { roomId, seq: said.seq }],
    [chat, 'deleteMessage', { roomId, messageId: said.id }],
  ] as const
  const ask = async () => {
    const answers: string[] = []
    for (const [contract, operation, input] of writes) {
      const headers = { 'idempotency-key': `full-${operation}` }
      const { status, body } = await app.request(contract, operation, input, { token, headers })
      answers.push(`${operation} ${status}${status < 300 ? '' : ` ${(body as { code: string }).code}`}`)
    }
    return answers
  }
  const makeRoom = await fillDatabase(app, ['links', 'chat'])
  assert.deepEqual(
    await ask(),
    writes.map(([, operation]) => `${operation} 503 unavailable`),
  )
  assert.equal((await app.request(links, 'getLink', { id: link.id }, { token })).status, 200, 'reading goes on')
  await makeRoom()
  assert.deepEqual(
    (await ask()).filter(answer => !/ 20\d$/.test(answer)),
    [],
  )
})
