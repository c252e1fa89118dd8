/** The last byte: a whole upload becomes one file of the module, once. */
import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { commonProblem, Problem } from '@octet/contracts'
import type { Storage } from '@octet/storage'
import { chunked, hooks, keysOf, openScans, pattern, receiver, sha256Of, until } from './scans.ts'

const bytes = pattern(120_000)
const nothing = () => chunked(Buffer.alloc(0))

async function openUpload(t: Parameters<typeof openScans>[0], name = 'a.tiff') {
  const opened = await openScans(t)
  const { id } = await opened.mine.createUpload({ name, sizeBytes: bytes.byteLength })
  const whole = { id, offset: 0, body: chunked(bytes) }
  const again = () => ({ id, offset: bytes.byteLength, body: nothing() })
  return { ...opened, id, whole, again }
}

test('when the whole cannot be stored for a while, its parts are kept and an empty part finishes it', async t => {
  const { app, mine, ctx, id, whole, again } = await openUpload(t)
  hooks.onFinish = async () => {
    throw commonProblem('unavailable', { detail: 'The disk is full.' })
  }
  const server = receiver()
  await assert.rejects(server.addPart(ctx, whole), { code: 'unavailable' })
  await assert.rejects(server.addPart(ctx, again()), { code: 'unavailable' })
  assert.equal((await mine.getUpload({ id })).offset, bytes.byteLength)
  hooks.onFinish = async () => undefined
  assert.equal((await server.addPart(ctx, again())).file?.sha256, sha256Of(bytes))
  assert.deepEqual(await keysOf(app), [`scans/${id}`])
})

test('content that the module refuses is deleted with its upload', async t => {
  const { app, mine, ctx, id, whole } = await openUpload(t, 'a.exe')
  await assert.rejects(receiver().addPart(ctx, whole), { code: 'scans.not-a-scan', status: 415 })
  await assert.rejects(mine.getUpload({ id }), { code: 'not-found' })
  assert.deepEqual(await keysOf(app), [])
})

test('a part is closed when the module refuses the content after its first bytes', async t => {
  const { ctx, whole } = await openUpload(t, 'a.exe')
  const bodies: Readable[] = []
  const storage: Storage = {
    ...ctx.storage,
    async get(key) {
      const found = await ctx.storage.get(key)
      if (found !== undefined) bodies.push(found.body)
      return found
    },
  }
  hooks.onFinish = async body => void (await body[Symbol.asyncIterator]().next())
  await assert.rejects(receiver().addPart({ ...ctx, storage }, whole), { status: 415 })
  await until('the part is closed', async () => bodies.every(({ closed }) => closed) || undefined)
  assert.equal(bodies.length, 1)
})

test('a client that asks again while the upload is being finished gets the same file', async t => {
  const { ctx, whole, again } = await openUpload(t)
  const gate = Promise.withResolvers<void>()
  hooks.onFinish = () => gate.promise
  const server = receiver()
  const first = server.addPart(ctx, whole)
  await until('the upload is being finished', async () => hooks.finishes === 1 || undefined)
  const second = server.addPart(ctx, again())
  await until('the second request passed the checks', async () => hooks.accessChecks === 2 || undefined)
  gate.resolve()
  assert.deepEqual(await second, await first)
  assert.equal(hooks.finishes, 1)
})

test('a process whose parts another process used up reports a missing upload, and refuses no content', async t => {
  const { app, ctx, id, whole, again } = await openUpload(t)
  const [hasBegun, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  hooks.onFinish = async body => {
    hooks.onFinish = async () => undefined
    hasBegun.resolve()
    await mayGoOn.promise
    for await (const _chunk of body) assert.fail('the parts are gone')
  }
  const slow = receiver()
    .addPart(ctx, whole)
    .catch(error => error)
  await hasBegun.promise
  assert.equal((await receiver().addPart(ctx, again())).file?.sha256, sha256Of(bytes))
  hooks.onFinish = async () => undefined
  mayGoOn.resolve()
  const failure = await slow
  assert.ok(failure instanceof Problem && failure.code === 'not-found', String(failure))
  assert.deepEqual(await keysOf(app), [`scans/${id}`])
})

test('the server keeps one of two parts for the same position, and answers the other with the position', async t => {
  const { app, ctx, id, mine } = await openUpload(t)
  const bothSent = Promise.withResolvers<void>()
  let sent = 0
  async function* together(part: Buffer): AsyncIterable<Buffer> {
    yield part
    if (++sent === 2) bothSent.resolve()
    await bothSent.promise
  }
  const server = receiver()
  const sizes = [40_000, 50_000]
  const answers = await Promise.allSettled(
    sizes.map(size => server.addPart(ctx, { id, offset: 0, body: together(bytes.subarray(0, size)) })),
  )
  const { offset } = await mine.getUpload({ id })
  assert.ok(sizes.includes(offset), String(offset))
  const [refused, ...more] = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason as Problem] : []))
  assert.deepEqual([refused?.code, refused?.data?.offset, more.length], ['scans.upload-offset', offset, 0])
  assert.equal((await keysOf(app)).length, 1)
  const { file } = await server.addPart(ctx, { id, offset, body: chunked(bytes.subarray(offset)) })
  assert.equal(file?.sha256, sha256Of(bytes))
})
