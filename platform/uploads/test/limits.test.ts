/** Access to uploads, what an account may keep, and how uploads expire. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '@octet/db'
import type { Storage } from '@octet/storage'
import { erasePerson } from '@octet/testkit'
import { removeUpload } from '../src/remove.ts'
import { chunked, hooks, keysOf, limits, openScans, pattern, receiver, scans, scansModule, sweep } from './scans.ts'

const hourMs = 3_600_000

test("another account's upload looks like one that does not exist", async t => {
  const { app, ctx, mine } = await openScans(t)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: 10 })
  const stranger = newId()
  const theirs = app.client(scans, { token: app.as(stranger) })
  for (const unknown of [id, newId(), 'no-id']) {
    const headers = { authorization: `Bearer ${app.as(stranger)}`, 'upload-offset': '0' }
    for (const method of ['PATCH', 'HEAD'] as const) {
      const payload = method === 'PATCH' ? 'x' : undefined
      const reply = await app.http.inject({ method, url: `/scans/uploads/${unknown}`, headers, payload })
      assert.equal(reply.statusCode, 404, `${method} ${unknown}`)
    }
  }
  await assert.rejects(theirs.getUpload({ id }), { code: 'not-found' })
  await theirs.deleteUpload({ id })
  const { offset } = await receiver().addPart(ctx, { id, offset: 0, body: chunked(pattern(4)) })
  assert.equal(offset, 4)
  await mine.deleteUpload({ id })
  await mine.deleteUpload({ id })
  await assert.rejects(mine.getUpload({ id }), { code: 'not-found' })
  assert.deepEqual(await keysOf(app), [])
})

test('uploads that begin at the same moment never exceed the number and the bytes of an account', async t => {
  const { app, ownerId, mine } = await openScans(t)
  hooks.kept.set(ownerId, { bytes: 0, waiting: 1 })
  const begin = (sizeBytes: number, client = mine) => client.createUpload({ name: 'a.tiff', sizeBytes })
  const begun = await Promise.allSettled(Array.from({ length: 12 }, () => begin(10)))
  const ids = begun.flatMap(result => (result.status === 'fulfilled' ? [result.value.id] : []))
  assert.equal(ids.length, limits.waitingMax - 1, 'the file that waits in the module counts')
  for (const result of begun) if (result.status === 'rejected') assert.equal(result.reason.code, 'scans.too-many-files')
  for (const id of ids) await mine.deleteUpload({ id })
  hooks.kept.set(ownerId, { bytes: 1_000_000, waiting: 0 })
  const large = await Promise.allSettled([700_000, 700_000, 700_000].map(sizeBytes => begin(sizeBytes)))
  assert.equal(large.filter(({ status }) => status === 'fulfilled').length, 2)
  await assert.rejects(begin(600_001), { code: 'scans.too-many-files' })
  await begin(600_000)
  await begin(limits.fileBytesMax, app.client(scans, { token: app.as(newId()) }))
  await assert.rejects(begin(limits.fileBytesMax + 1), { code: 'payload-too-large' })
})

test('an upload that stays unfinished for a day is swept with all its bytes, and a younger one stays', async t => {
  const { app, ctx, mine } = await openScans(t)
  const begin = async () => {
    const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: 100 })
    await receiver().addPart(ctx, { id, offset: 0, body: chunked(pattern(40)) })
    return id
  }
  const old = await begin()
  // A process was killed after it stored this part and before it recorded it.
  await ctx.storage.put(`uploads/${old}/${newId()}`, chunked(pattern(8)), { sizeBytesMax: 8 })
  app.nowMs += 13 * hourMs
  const young = await begin()
  app.nowMs += 10.9 * hourMs
  await sweep(app)
  assert.equal((await keysOf(app)).length, 3)
  app.nowMs += 0.2 * hourMs
  await sweep(app)
  await assert.rejects(mine.getUpload({ id: old }), { code: 'not-found' })
  assert.equal((await mine.getUpload({ id: young })).offset, 40)
  const keys = await keysOf(app)
  assert.deepEqual([keys.length, keys[0]?.startsWith(`uploads/${young}/`)], [1, true])
})

test('an upload that cannot be swept does not keep those after it', async t => {
  const { app, ctx, mine } = await openScans(t)
  for (const name of ['a.tiff', 'b.tiff']) {
    const { id } = await mine.createUpload({ name, sizeBytes: 100 })
    await receiver().addPart(ctx, { id, offset: 0, body: chunked(pattern(40)) })
    app.nowMs += hourMs
  }
  const [damaged, whole] = await keysOf(app)
  await writeFile(join(app.dataDir, 'files/modules/scans', `${damaged}~`), 'damaged bytes')
  app.nowMs += 24 * hourMs
  await assert.rejects(sweep(app), /1 uploads could not be swept/)
  const { objects } = await app.storage.list(`modules/scans/${whole}`)
  assert.deepEqual(objects, [])
})

test('a part that is recorded while its upload is cancelled leaves no bytes', async t => {
  const { app, ctx, mine } = await openScans(t)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: 100 })
  let isFirst = true
  const storage: Storage = {
    ...ctx.storage,
    async list(prefix, page) {
      const found = await ctx.storage.list(prefix, page)
      if (isFirst) await receiver().addPart(ctx, { id, offset: 0, body: chunked(pattern(40)) })
      isFirst = false
      return found
    },
  }
  await removeUpload({ ...ctx, storage }, id)
  assert.deepEqual(await keysOf(app), [])
  await assert.rejects(mine.getUpload({ id }), { code: 'not-found' })
})

test('erasing an account deletes its uploads and their bytes, and nothing of other accounts', async t => {
  const { app, ownerId, ctx, mine } = await openScans(t)
  const { id } = await mine.createUpload({ name: 'a.tiff', sizeBytes: 100 })
  await receiver().addPart(ctx, { id, offset: 0, body: chunked(pattern(40)) })
  const theirs = app.client(scans, { token: app.as(newId()) })
  const other = await theirs.createUpload({ name: 'b.tiff', sizeBytes: 100 })
  assert.equal(await erasePerson(app, scansModule, ownerId), 0)
  assert.deepEqual(await keysOf(app), [])
  await assert.rejects(mine.getUpload({ id }), { code: 'not-found' })
  assert.equal((await theirs.getUpload({ id: other.id })).offset, 0)
})
