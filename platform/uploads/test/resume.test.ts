/** Parts: they arrive as streams, and what arrived survives cut connections and kill -9. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newId } from '@octet/db'
import { openDiskStorage, type Storage, within } from '@octet/storage'
import { defer, type TestApp } from '@octet/testkit'
import fc from 'fast-check'
import { chunked, hooks, keysOf, limits, openScans, pattern, receiver, type Scan, sha256Of, until } from './scans.ts'

interface Sending {
  readonly id: string
  readonly userId: string
  readonly offset: number
  readonly bytes: Buffer
}

interface Answer {
  readonly offset: number
  readonly file: Scan
  /** Present when the body is a problem. */
  readonly data?: { readonly offset: number }
}

const auth = (app: TestApp, userId: string) => ({ authorization: `Bearer ${app.as(userId)}` })

async function patch(app: TestApp, { id, userId, offset, bytes }: Sending) {
  const headers = { ...auth(app, userId), 'upload-offset': String(offset), 'content-type': 'image/tiff' }
  const reply = await app.http.inject({ method: 'PATCH', url: `/scans/uploads/${id}`, headers, payload: bytes })
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() as Answer }
}

/** Bytes of requests that are being received. */
async function spooledBytes(app: TestApp): Promise<number> {
  const dir = join(app.dataDir, 'files', '.spool')
  // A file may be gone since the folder was read.
  const sizeOf = async (name: string) => (await stat(join(dir, name)).catch(() => undefined))?.size ?? 0
  const sizes = await Promise.all((await readdir(dir)).map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Sends the beginning of a part, and breaks the connection once the server has received it. */
async function sendAndCut(app: TestApp, { id, userId, offset, bytes }: Sending, cutAfter: number): Promise<void> {
  const { port } = app.http.server.address() as { port: number }
  const headers = { ...auth(app, userId), 'upload-offset': String(offset), 'content-length': bytes.byteLength }
  const sending = request({ host: '127.0.0.1', port, path: `/scans/uploads/${id}`, method: 'PATCH', headers })
  // `once` of node:events would reject: cutting the connection is an error of the request.
  const ended = new Promise(resolve => sending.on('close', resolve))
  sending.on('error', () => undefined)
  sending.flushHeaders()
  sending.write(bytes.subarray(0, cutAfter))
  await until('the server receives the part', async () => (await spooledBytes(app)) >= cutAfter || undefined)
  sending.destroy()
  await ended
}

test('a second module has uploads with a contract, an instance and a capability', async t => {
  const { app, ownerId, mine } = await openScans(t)
  const bytes = pattern(300_000)
  const upload = await mine.createUpload({ name: '../contract\u202e.tiff', sizeBytes: bytes.byteLength })
  assert.deepEqual([upload.name, upload.offset, upload.partBytesMax], ['contract.tiff', 0, limits.partBytesMax])
  const part = { id: upload.id, userId: ownerId }
  const first = await patch(app, { ...part, offset: 0, bytes: bytes.subarray(0, 200_000) })
  assert.deepEqual([first.status, first.headers['upload-offset'], first.body.file], [200, '200000', null])
  const head = await app.http.inject({
    method: 'HEAD',
    url: `/scans/uploads/${upload.id}`,
    headers: auth(app, ownerId),
  })
  const { 'upload-offset': offset, 'upload-length': length, 'cache-control': cached } = head.headers
  assert.deepEqual([head.statusCode, offset, length, cached], [204, '200000', '300000', 'no-store'])
  const wrong = await patch(app, { ...part, offset: 7, bytes: bytes.subarray(7, 10) })
  assert.deepEqual([wrong.status, wrong.body.data?.offset], [409, 200_000])
  const tooLong = await patch(app, { ...part, offset: 200_000, bytes: Buffer.alloc(100_001) })
  assert.equal(tooLong.status, 413)
  assert.equal((await mine.getUpload({ id: upload.id })).offset, 200_000, 'a part that is refused leaves nothing')
  const last = await patch(app, { ...part, offset: 200_000, bytes: bytes.subarray(200_000) })
  assert.deepEqual(last.body.file, { id: upload.id, sizeBytes: bytes.byteLength, sha256: sha256Of(bytes) })
  assert.deepEqual(await keysOf(app), [`scans/${upload.id}`])
  await assert.rejects(mine.getUpload({ id: upload.id }), { code: 'not-found' })
})

test('after a broken connection the upload continues with the byte after the last that arrived', async t => {
  const { app, ownerId: userId, mine } = await openScans(t)
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const bytes = pattern(150_000)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: bytes.byteLength })
  let offset = 0
  for (const cutAfter of [60_000, 1, 33_333]) {
    await sendAndCut(app, { id, userId, offset, bytes: bytes.subarray(offset) }, cutAfter)
    offset += cutAfter
    await until('what arrived is kept', async () => (await mine.getUpload({ id })).offset === offset || undefined)
  }
  const { body } = await patch(app, { id, userId, offset, bytes: bytes.subarray(offset) })
  assert.equal(body.file.sha256, sha256Of(bytes))
})

test('an upload continues at a position where an earlier release recorded a part without bytes', async t => {
  const { app, mine, ctx } = await openScans(t)
  const bytes = pattern(100)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: bytes.byteLength })
  await receiver().addPart(ctx, { id, offset: 0, body: chunked(bytes.subarray(0, 40)) })
  const partId = newId()
  await ctx.storage.put(`uploads/${id}/${partId}`, chunked(Buffer.alloc(0)), { sizeBytesMax: 1 })
  await app.db('scans').sql`
    insert into upload_parts (upload_id, starts_at, part_id, size_bytes) values (${id}, 40, ${partId}, 0)`
  const { file } = await receiver().addPart(ctx, { id, offset: 40, body: chunked(bytes.subarray(40)) })
  assert.equal(file?.sha256, sha256Of(bytes))
  assert.deepEqual(await keysOf(app), [`scans/${id}`])
})

test('kill -9 in the middle of a part loses that part only, and leaves no byte behind', async t => {
  const { app, ownerId, mine, ctx } = await openScans(t)
  const bytes = pattern(limits.fileBytesMax)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: bytes.byteLength })
  const root = join(app.dataDir, 'files')
  const program = fileURLToPath(new URL('./send-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [program, app.databaseUrl, root, id, ownerId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  defer(t, async () => void child.kill('SIGKILL'))
  const said = await Promise.race([once(child.stdout, 'data'), ended])
  assert.equal(String(said[0]).trim(), 'halfway')
  child.kill('SIGKILL')
  await ended
  let { offset } = await mine.getUpload({ id })
  assert.equal(offset, limits.partBytesMax)
  let file: Scan | null = null
  while (file === null) {
    const body = chunked(bytes.subarray(offset, offset + limits.partBytesMax))
    ;({ offset, file } = await receiver().addPart(ctx, { id, offset, body }))
  }
  assert.equal(file.sha256, sha256Of(bytes))
  assert.deepEqual(await keysOf(app), [`scans/${id}`])
  await openDiskStorage(root) // as the next start does
  assert.equal(await spooledBytes(app), 0)
})

test('whatever fails on the way, the file has the bytes that were sent', async t => {
  const { app, mine, ctx } = await openScans(t)
  const step = fc.record({
    how: fc.constantFrom('whole', 'empty', 'fails', 'stale', 'too long'),
    sizeBytes: fc.integer({ min: 1, max: 9_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30_000 }), fc.array(step, { maxLength: 12 }), async (total, steps) => {
      const bytes = pattern(total)
      const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: total })
      const rest = { how: 'whole', sizeBytes: total } as const
      let [offset, file] = [0, null as Scan | null]
      for (const { how, sizeBytes } of [...steps, rest]) {
        if (file !== null) break
        const part = how === 'too long' ? Buffer.alloc(total - offset + 1) : bytes.subarray(offset, offset + sizeBytes)
        const body = how === 'empty' ? chunked(Buffer.alloc(0)) : how === 'fails' ? failing(part) : chunked(part, 700)
        const given = how === 'stale' ? offset + 1 : offset
        const added = await receiver()
          .addPart(ctx, { id, offset: given, body })
          .catch(() => undefined)
        assert.equal(added === undefined, ['fails', 'stale', 'too long'].includes(how), how)
        if (how === 'whole') offset = Math.min(offset + sizeBytes, total)
        if (added !== undefined) assert.equal(added.offset, offset)
        file = added?.file ?? null
      }
      assert.deepEqual([file?.sizeBytes, file?.sha256], [total, sha256Of(bytes)])
      assert.deepEqual(
        (await keysOf(app)).filter(key => key.startsWith('uploads/')),
        [],
      )
    }),
    { numRuns: 25 },
  )
})

async function* failing(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes
  throw new Error('the disk is full')
}

/** A storage that counts the bytes that left a source and have not been stored, and the parts that are open. */
function watched(storage: Storage) {
  const seen = { aheadMax: 0, openMax: 0 }
  let [ahead, open] = [0, 0]
  const moved = (bytes: number) => {
    ahead += bytes
    seen.aheadMax = Math.max(seen.aheadMax, ahead)
  }
  async function* arriving(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      moved(-chunk.byteLength)
      yield chunk
    }
  }
  async function* leaving(source: AsyncIterable<Uint8Array>) {
    seen.openMax = Math.max(seen.openMax, ++open)
    for await (const chunk of source) {
      moved(chunk.byteLength)
      yield chunk
    }
    open--
  }
  const watching: Storage = {
    ...storage,
    put: (key, body, given) => storage.put(key, arriving(body), given),
    async get(key, range) {
      const found = await storage.get(key, range)
      return found && { info: found.info, body: leaving(found.body) as never }
    },
  }
  return { seen, leaving, storage: watching }
}

test('a large upload passes through memory one chunk at a time, both as parts and as a whole', async t => {
  const { app, mine, ctx } = await openScans(t)
  const bytes = pattern(limits.fileBytesMax)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: bytes.byteLength })
  const { seen, leaving, storage } = watched(within(app.storage, 'modules/scans'))
  let [offset, file] = [0, null as Scan | null]
  while (file === null) {
    const body = leaving(chunked(bytes.subarray(offset, offset + limits.partBytesMax), 10_000))
    ;({ offset, file } = await receiver().addPart({ ...ctx, storage }, { id, offset, body }))
  }
  assert.equal(file.sha256, sha256Of(bytes))
  assert.equal(hooks.finishes, 1)
  assert.equal(seen.openMax, 1)
  // A file is read in chunks of 64 KiB.
  assert.ok(seen.aheadMax <= 65_536, `${seen.aheadMax} bytes were held`)
})

test('an upload of more parts than are read at once is put together in order', async t => {
  const { mine, ctx } = await openScans(t)
  const bytes = pattern(520)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: bytes.byteLength })
  let [offset, file] = [0, null as Scan | null]
  while (file === null) {
    const body = chunked(bytes.subarray(offset, offset + 1))
    ;({ offset, file } = await receiver().addPart(ctx, { id, offset, body }))
  }
  assert.equal(file.sha256, sha256Of(bytes))
})
