/** Servers of two releases on one database: a release can be rolled out, and taken back. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { type Link, links } from '@octet/contracts/links'
import { type MigrationSet, migrateUp } from '@octet/db'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, type ServerProcess, startServerProcess, type Test, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'
import { addedSince, missingHistory, releaseBefore } from './release-before.ts'

const skip = (await missingHistory()) ?? false
const before = skip === false ? await releaseBefore({ after }) : { program: '', migrations: new Set<string>() }
const thisProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const account = { username: 'upgrader', email: 'upgrader@example.org', password: 'correct horse battery staple' }
const readyTimeoutMs = 90_000

async function folder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-upgrade-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  return dir
}

async function environmentOf(t: Test, databaseUrl: string): Promise<Record<string, string>> {
  return { OCTET_DATA: await folder(t), DATABASE_URL: databaseUrl, OCTET_WEB: '0', OCTET_DEMO: '0' }
}

async function start(t: Test, program: string, environment: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess({ program, environment, readyTimeoutMs })
  defer(t, () => server.kill())
  return server
}

/** A start that is refused: its exit code and what it said. */
async function startAndFail(t: Test, program: string, databaseUrl: string) {
  const environment = await environmentOf(t, databaseUrl)
  const env = { PATH: process.env.PATH, OCTET_ENV_FILE: devNull, PORT: '0', ...environment }
  const child = spawn(process.execPath, [program], { env, timeout: readyTimeoutMs })
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  child.stderr.on('data', chunk => (said += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

async function signIn({ origin }: ServerProcess): Promise<string> {
  const { login, password } = { login: account.username, password: account.password }
  const answer = await httpClient(origin).client(identity).login({ login, password })
  assert.ok('accessToken' in answer, JSON.stringify(answer))
  return answer.accessToken
}

interface Written {
  readonly link: Link
  readonly roomId: string
  readonly messageId: string
}

/** A link and a message, made through one server. */
async function write({ origin }: ServerProcess, token: string, name: string): Promise<Written> {
  const client = httpClient(origin)
  const link = await client.client(links, { token }).createLink({ url: `https://example.org/${name}` })
  const room = await client.client(chat, { token }).createRoom({ name })
  const said = { roomId: room.id, cmid: crypto.randomUUID(), body: `hello from ${name}` }
  const message = await client.client(chat, { token }).sendMessage(said)
  return { link, roomId: room.id, messageId: message.id }
}

/** The same, found through another. */
async function read({ origin }: ServerProcess, token: string, { link, roomId, messageId }: Written): Promise<void> {
  const client = httpClient(origin)
  assert.equal((await client.client(links, { token }).getLink({ id: link.id })).url, link.url)
  const { data } = await client.client(chat, { token }).listMessages({ roomId })
  assert.deepEqual(
    data.map(({ id }) => id),
    [messageId],
  )
  const visit = await fetch(`${origin}/s/${link.code}`, { redirect: 'manual' })
  assert.equal(visit.headers.get('location'), link.url)
}

interface Part {
  readonly id: string
  readonly offset: number
  readonly text: string
}

/** Adds a part to an upload. */
async function sendPart({ origin }: ServerProcess, token: string, { id, offset, text }: Part): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'upload-offset': String(offset) }
  const reply = await fetch(`${origin}/chat/uploads/${id}`, { method: 'PATCH', headers, body: text })
  const answer = await reply.text()
  assert.equal(reply.status, 200, answer)
  return JSON.parse(answer)
}

/** This release's migrations, and one more of links, as the next release would bring it. */
async function nextRelease(t: Test, sql: string): Promise<MigrationSet[]> {
  const dir = await folder(t)
  return Promise.all(
    migrationsOf(modules).map(async set => {
      if (set.module !== 'links') return set
      await cp(set.folder, dir, { recursive: true })
      await writeFile(join(dir, '9999_next.sql'), sql)
      return { ...set, folder: pathToFileURL(`${dir}/`) }
    }),
  )
}

test('old and new servers share data in both directions, also when the next release has added to it', {
  skip,
}, async t => {
  const databaseUrl = await testDatabase(t, [])
  const environment = await environmentOf(t, databaseUrl)
  const old = await start(t, before.program, environment)
  const { accessToken } = await httpClient(old.origin).client(identity).register(account)
  const first = await write(old, accessToken, 'before')
  assert.equal(await old.stop(), 0)

  const now = await start(t, thisProgram, environment)
  const token = await signIn(now)
  await read(now, token, first)
  const second = await write(now, token, 'now')

  await migrateUp(databaseUrl, await nextRelease(t, 'alter table links add colour text;\n-- down\nselect 1;\n'))
  if ((await addedSince(before)).some(({ isContract }) => isContract)) {
    const { code, said } = await startAndFail(t, before.program, databaseUrl)
    assert.equal(code, 1)
    assert.match(said, /the database is newer than this release/)
    return
  }
  const again = await start(t, before.program, await environmentOf(t, databaseUrl))
  assert.match(again.output(), /The database is newer than this release, which runs on it: .*links\/9999_next/)
  await read(again, token, second)
  await read(now, token, await write(again, token, 'again'))
})

test('an upload that the old server began is finished by the new one, also after a part without bytes', {
  skip,
}, async t => {
  const environment = await environmentOf(t, await testDatabase(t, []))
  const old = await start(t, before.program, environment)
  const { accessToken } = await httpClient(old.origin).client(identity).register(account)
  const client = httpClient(old.origin).client(chat, { token: accessToken })
  const { id: roomId } = await client.createRoom({ name: 'files' })
  const { id } = await client.createUpload({ roomId, name: 'a.txt', sizeBytes: 9 })
  await sendPart(old, accessToken, { id, offset: 0, text: 'some' })
  await sendPart(old, accessToken, { id, offset: 4, text: '' })
  assert.equal(await old.stop(), 0)

  const now = await start(t, thisProgram, environment)
  const token = await signIn(now)
  const { file } = (await sendPart(now, token, { id, offset: 4, text: ' text' })) as { file: { id: string } }
  const headers = { authorization: `Bearer ${token}` }
  const reply = await fetch(`${now.origin}/chat/files/${file.id}`, { headers })
  assert.equal(await reply.text(), 'some text')
})

test('a server refuses a database from which the next release took something away', { skip }, async t => {
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const sql = '-- contract: links have no title any more\nalter table links drop column title;\n-- down\nselect 1;\n'
  await migrateUp(databaseUrl, await nextRelease(t, sql))
  const { code, said } = await startAndFail(t, before.program, databaseUrl)
  assert.equal(code, 1)
  assert.match(said, /a newer one applied a migration that this one cannot run on/)
  assert.match(said, /links\/9999_next: links have no title any more/)
  // That release counted the migrations of capabilities, too. platform/db/test/migrate.test.ts has the exact number.
  assert.match(said, /npm run migrate -- down links \d$/m)
})
