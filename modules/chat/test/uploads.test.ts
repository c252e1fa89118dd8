/** Uploads in parts, where they are about rooms; platform/uploads has the rest. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestApp } from '@octet/testkit'
import { ada, as, ben, openChat, runJob } from './people.ts'

async function sendPart(app: TestApp, id: string, userId: string, part: { offset: number; text: string }) {
  const headers = {
    authorization: `Bearer ${app.as(userId)}`,
    'content-type': 'application/octet-stream',
    'upload-offset': String(part.offset),
  }
  const reply = await app.http.inject({ method: 'PATCH', url: `/chat/uploads/${id}`, headers, payload: part.text })
  return { status: reply.statusCode, code: (reply.json() as { code?: string }).code }
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
  assert.equal((await sendPart(app, id, ben, { offset: 4, text: ' text' })).status, 200)
})
