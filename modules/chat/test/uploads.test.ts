/** Uploads in parts, where they are about rooms; platform/uploads has the rest. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { TestApp } from '@octet/testkit'
import { ada, as, ben, openChat, runJob } from './people.ts'

interface SentPart {
  readonly offset: number
  readonly text: string | Readable
}

async function sendPart(app: TestApp, id: string, userId: string, part: SentPart) {
  const headers = {
    authorization: `Bearer ${app.as(userId)}`,
    'content-type': 'application/octet-stream',
    'upload-offset': String(part.offset),
  }
  const reply = await app.http.inject({ method: 'PATCH', url: `/chat/uploads/${id}`, headers, payload: part.text })
  const { code, file } = reply.json() as { code?: string; file?: { id: string } | null }
  return { status: reply.statusCode, code, fileId: file?.id }
}

async function openUpload(t: Parameters<typeof openChat>[0]) {
  const app = await openChat(t)
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: roomId })
  const { id } = await as(app, ben).createUpload({ roomId, name: 'a.txt', sizeBytes: 9 })
  assert.equal((await sendPart(app, id, ben, { offset: 0, text: 'some' })).status, 200)
  return { app, roomId, id }
}

test('an upload to a room that is deleted ends at once, and its bytes are swept', async t => {
  const { app, roomId, id } = await openUpload(t)
  await as(app, ada).deleteRoom({ id: roomId })
  await assert.rejects(as(app, ben).getUpload({ id }), { code: 'not-found' })
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: ' text' })).status, 404)
  assert.equal((await app.storage.list('')).objects.length, 1)
  await runJob(app, 'chat.sweep-uploads')
  assert.deepEqual((await app.storage.list('')).objects, [])
  assert.deepEqual([...(await app.db('chat').sql`select id from uploads`)], [])
})

test('a part that arrives while its room is deleted is not kept', async t => {
  const { app, roomId, id } = await openUpload(t)
  async function* text() {
    yield ' te'
    await as(app, ada).deleteRoom({ id: roomId })
    yield 'xt'
  }
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: Readable.from(text()) })).status, 404)
  const keys = (await app.storage.list('')).objects.map(({ key }) => key)
  assert.equal(keys.length, 1, keys.join())
})

test('a file that is complete is returned again when its parts could not be deleted', async t => {
  const { app, id } = await openUpload(t)
  const { storage } = app
  const original = storage.delete
  let deleted = 0
  storage.delete = async key => {
    if (++deleted === 2) throw new Error('the storage is away')
    return original.call(storage, key)
  }
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: ' text' })).status, 500)
  const again = await sendPart(app, id, ben, { offset: 9, text: '' })
  assert.deepEqual([again.status, again.fileId], [200, id])
  const keys = (await app.storage.list('')).objects.map(({ key }) => key)
  assert.deepEqual(keys, [`modules/chat/files/${id}`])
})

test('a member who was removed from the room cannot add to an upload', async t => {
  const { app, roomId, id } = await openUpload(t)
  await as(app, ada).removeMember({ id: roomId, userId: ben })
  const refused = await sendPart(app, id, ben, { offset: 4, text: ' text' })
  assert.deepEqual([refused.status, refused.code], [403, 'chat.not-a-member'])
  await as(app, ben).joinRoom({ id: roomId })
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: ' text' })).status, 200)
})

test('a part without bytes does not stop an upload', async t => {
  const { app, id } = await openUpload(t)
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: '' })).status, 200)
  assert.equal((await app.storage.list('')).objects.length, 1, 'a part without bytes takes no space')
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: ' text' })).status, 200)
})
