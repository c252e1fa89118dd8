/**
 * An export streams from the database to its reader: however much an account has written, the process holds little of
 * it at once. Memory is measured after garbage collection.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createInflateRaw } from 'node:zlib'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { openPool } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { type TestApp, testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const linksCount = 30_000
const linksPerInsert = 1_000
const urlChars = 2_000
const heldBytesMax = 45 * 1024 ** 2
const sampleEveryMs = 250
const deadlineMs = 120_000

function heldBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A person with 60 MB of links, all like the first. */
async function writer(app: TestApp) {
  const registration = { username: 'ada_writes', email: 'ada@example.org', password: 'correct horse battery' }
  const { accessToken: token } = await app.client(identity).register(registration)
  const { id } = await app.client(links, { token }).createLink({ url: 'https://example.org/' })
  const pool = openPool(app.databaseUrl, { connectionsMax: 1 })
  for (let made = 0; made < linksCount; made += linksPerInsert) {
    await pool`
      insert into links.links
      select (jsonb_populate_record(links, jsonb_build_object(
        'id', uuidv7(), 'code', 'many' || n, 'code_key', 'many' || n,
        'url', 'https://example.org/' || n || repeat('x', ${urlChars - 30})))).*
      from links.links, generate_series(${made + 1}::int, ${made + linksPerInsert}::int) as n where links.id = ${id}`
  }
  await pool.end({ timeout: 5 })
  return app.client(identity, { token })
}

/** Has it exported and returns the most that was held meanwhile, beyond what was before; too much is enough. */
async function heldWhileExporting(app: TestApp, person: Awaited<ReturnType<typeof writer>>): Promise<number> {
  await app.runtime.start()
  const before = heldBytes()
  let most = before
  await person.requestExport({})
  for (const startedMs = performance.now(); ; ) {
    most = Math.max(most, heldBytes())
    if (most - before > heldBytesMax) return most - before
    if ((await person.listExports({})).data[0]?.state === 'ready') return most - before
    assert.ok(performance.now() - startedMs < deadlineMs, 'the archive did not come')
    await new Promise(resolve => setTimeout(resolve, sampleEveryMs))
  }
}

async function linesInArchive(app: TestApp, person: Awaited<ReturnType<typeof writer>>): Promise<number> {
  const [ready] = (await person.listExports({})).data
  const { url } = await person.createExportLink({ id: ready?.id ?? '' })
  const zip = (await app.http.inject(new URL(url).pathname)).rawPayload
  let most = 0
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const offset = zip.readUInt32LE(at + 42)
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
    const inflate = createInflateRaw()
    inflate.end(zip.subarray(start, start + zip.readUInt32LE(at + 20)))
    let lines = 0
    for await (const piece of inflate) for (const byte of piece as Buffer) if (byte === 10) lines++
    most = Math.max(most, lines)
  }
  return most
}

async function open(t: TestContext, of: readonly AnyModule[]) {
  const app = await testApp(t, { modules: of })
  return { app, person: await writer(app) }
}

test('exporting an account with 60 MB of links holds little of it in memory', async t => {
  const { app, person } = await open(t, modules)
  const held = await heldWhileExporting(app, person)
  t.diagnostic(`held at most ${(held / 1024 ** 2).toFixed(1)} MB`)
  assert.ok(held < heldBytesMax, `${held} bytes held`)
  assert.ok((await linesInArchive(app, person)) > linksCount, 'and all of it is there')
})

test('a module that gathers before it gives turns this red', async t => {
  const gathering = modules.map((module): AnyModule => {
    if (module.contract.name !== 'links' || !('columns' in module.privacy)) return module
    const jobs = module.jobs?.map(one => {
      if (one.job.name !== 'links.export-user') return one
      const gathered: unknown[] = []
      const run: typeof one.run = async (ctx, payload, attempt) => {
        const { sql } = (ctx as { db: ReturnType<TestApp['db']> }).db
        gathered.push(await sql`select * from links`)
        await one.run(ctx, payload, attempt)
        gathered.length = 0
      }
      return { ...one, run }
    })
    return { ...module, jobs }
  })
  const { app, person } = await open(t, gathering)
  const held = await heldWhileExporting(app, person)
  assert.ok(held > heldBytesMax, `${held} bytes held`)
})
