/** Files: streamed in, re-encoded, shown to members only; every reference has its bytes. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { FileInfo } from '@octet/contracts/chat'
import { newId } from '@octet/db'
import { erasePerson, type Test, type TestApp } from '@octet/testkit'
import sharp from 'sharp'
import { chatModule } from '../src/module.ts'
import { ada, as, ben, cleo, cmid, dan, openChat, runJob } from './people.ts'

async function openRoom(t: Test) {
  const app = await openChat(t)
  const room = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: room.id })
  return { app, roomId: room.id }
}

const auth = (app: TestApp, userId: string) => ({ authorization: `Bearer ${app.as(userId)}` })

async function upload(app: TestApp, roomId: string, bytes: Buffer | string, name: string, userId = ada) {
  const reply = await app.http.inject({
    method: 'POST',
    url: `/chat/rooms/${roomId}/files?name=${encodeURIComponent(name)}`,
    headers: { ...auth(app, userId), 'content-type': 'application/octet-stream' },
    payload: bytes,
  })
  return { status: reply.statusCode, body: reply.json() as FileInfo & { code?: string } }
}

function fetchFile(app: TestApp, path: string, userId: string, headers: Record<string, string> = {}) {
  return app.http.inject({ url: `/chat/files/${path}`, headers: { ...auth(app, userId), ...headers } })
}

/** With a place, a camera and a thumbnail in its EXIF, as telephones write it. */
function photo(format: 'jpeg' | 'png' | 'webp' = 'jpeg') {
  const exif = {
    IFD0: { Copyright: 'SECRET-CAMERA', ImageDescription: 'home' },
    IFD3: { GPSLatitude: '51/1 30/1 0/1' },
  }
  return sharp({ create: { width: 900, height: 600, channels: 3, background: '#c63' } })
    .withExif(exif)
    [format]()
    .toBuffer()
}

test('a picture is re-encoded without EXIF, gets a thumbnail, and is shown to members only', async t => {
  const { app, roomId } = await openRoom(t)
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const original = await photo(format)
    assert.match(original.toString('latin1'), /SECRET-CAMERA/)
    const { status, body: file } = await upload(app, roomId, original, `photo.${format}`)
    assert.equal(status, 201)
    assert.deepEqual(
      [file.contentType, file.width, file.height, file.hasThumbnail],
      [`image/${format}`, 900, 600, true],
    )
    assert.equal(
      (await fetchFile(app, file.id, ben)).statusCode,
      404,
      'other members cannot read a file before it is sent',
    )
    const said = await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: '', fileIds: [file.id] })
    assert.deepEqual(said.files, [file])
    const shown = await fetchFile(app, file.id, ben)
    assert.deepEqual([shown.statusCode, shown.headers['content-type']], [200, `image/${format}`])
    assert.doesNotMatch(shown.rawPayload.toString('latin1'), /SECRET-CAMERA/)
    assert.equal(createHash('sha256').update(shown.rawPayload).digest('hex'), file.sha256)
    const thumbnail = await fetchFile(app, `${file.id}/thumbnail`, ben)
    const { width, format: kind } = await sharp(thumbnail.rawPayload).metadata()
    assert.deepEqual([width, kind], [480, 'webp'])
    for (const stranger of [cleo, dan]) assert.equal((await fetchFile(app, file.id, stranger)).statusCode, 404)
    await as(app, ada).removeMember({ id: roomId, userId: ben })
    assert.equal((await fetchFile(app, file.id, ben, { 'if-none-match': `"${file.sha256}"` })).statusCode, 404)
    await as(app, ben).joinRoom({ id: roomId })
  }
})

test('files that a browser could execute are served as attachments in a sandbox, whatever their name', async t => {
  const { app, roomId } = await openRoom(t)
  const attacks = [
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'x.svg'],
    ['<!doctype html><script>alert(1)</script>', 'x.html'],
    ['﻿ <html><script>alert(1)</script>', 'x.txt'],
    ['GIF89a/*<svg/onload=alert(1)>*/=1', 'x.bin'],
    ['%PDF-1.7 <script>', 'x.pdf'],
  ] as const
  for (const [content, name] of attacks) {
    const { status, body: file } = await upload(app, roomId, content, name)
    if (status === 415) continue
    assert.equal(status, 201, name)
    const shown = await fetchFile(app, file.id, ada)
    assert.match(String(shown.headers['content-disposition']), /^attachment; /, name)
    assert.doesNotMatch(String(shown.headers['content-type']), /html|svg|xml|script/)
    assert.equal(shown.headers['x-content-type-options'], 'nosniff')
    assert.match(String(shown.headers['content-security-policy']), /sandbox/)
  }
  const { body: named } = await upload(app, roomId, 'plain words', '../../etc/\u202egnp.exe"\r\nx: y')
  const shown = await fetchFile(app, named.id, ada)
  assert.doesNotMatch(String(shown.headers['content-disposition']), /[\r\n\u202e]|\.\./)
  assert.match(String(shown.headers['content-type']), /^text\/plain/)
})

test('mislabelled bytes, broken pictures and pixel bombs are refused and leave nothing behind', async t => {
  const { app, roomId } = await openRoom(t)
  assert.equal((await upload(app, roomId, '<html>', 'cat.png')).body.code, 'chat.file-refused')
  const whole = await photo('png')
  assert.equal((await upload(app, roomId, whole.subarray(0, 300), 'cut.png')).body.code, 'chat.file-not-a-picture')
  const bomb = Buffer.from(whole)
  bomb.writeUInt32BE(60_000, 16) // 60,000 pixels square, in a few kilobytes
  bomb.writeUInt32BE(60_000, 20)
  assert.equal((await upload(app, roomId, bomb, 'bomb.png')).body.code, 'chat.file-not-a-picture')
  const large = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  assert.equal((await upload(app, roomId, large, 'large.png')).body.code, 'chat.file-not-a-picture')
  assert.equal((await upload(app, roomId, '', 'nothing.txt')).status, 400)
  await runJob(app, 'chat.sweep-files')
  assert.deepEqual((await app.storage.list('')).objects, [])
  assert.deepEqual([...(await app.db('chat').sql`select id from files`)], [])
})

test('photographs that cannot be re-encoded are refused; compressed files are served as they are', async t => {
  const { app, roomId } = await openRoom(t)
  const box = (brand: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(12)])
  for (const bytes of [box('heic'), box('mif1'), Buffer.from('II*\0SECRET'), Buffer.from('MM\0*SECRET')]) {
    const { status, body } = await upload(app, roomId, bytes, 'IMG_0001')
    assert.deepEqual([status, body.code], [415, 'chat.file-refused'])
  }
  for (const format of ['gif', 'avif'] as const) {
    const original = await sharp(await photo('png'))
      .withExif({ IFD0: { Copyright: 'SECRET-CAMERA' } })
      [format]()
      .toBuffer()
    const { body: file } = await upload(app, roomId, original, `x.${format}`)
    const shown = await fetchFile(app, file.id, ada)
    assert.equal(shown.statusCode, 200)
    assert.doesNotMatch(shown.rawPayload.toString('latin1'), /SECRET-CAMERA/)
  }
  const bomb = gzipSync(Buffer.alloc(20_000_000))
  const { body: packed } = await upload(app, roomId, bomb, 'bomb.gz')
  assert.deepEqual([packed.sizeBytes, packed.contentType], [bomb.byteLength, 'application/gzip'])
  const shown = await fetchFile(app, packed.id, ada)
  assert.match(String(shown.headers['content-disposition']), /^attachment/)
  assert.equal(shown.rawPayload.byteLength, bomb.byteLength)
})

test('range requests are answered, and only while the bytes are unchanged', async t => {
  const { app, roomId } = await openRoom(t)
  const { body: file } = await upload(app, roomId, '0123456789', 'digits.txt')
  const part = async (range: string, more = {}) => {
    const { statusCode, body, headers } = await fetchFile(app, file.id, ada, { range, ...more })
    return [statusCode, body, headers['content-range']]
  }
  assert.deepEqual(await part('bytes=2-4'), [206, '234', 'bytes 2-4/10'])
  assert.deepEqual(await part('bytes=7-'), [206, '789', 'bytes 7-9/10'])
  assert.deepEqual(await part('bytes=-2'), [206, '89', 'bytes 8-9/10'])
  assert.deepEqual(await part('bytes=5-99'), [206, '56789', 'bytes 5-9/10'])
  assert.deepEqual((await part('bytes=10-'))[0], 416)
  for (const odd of ['bytes=4-2', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=-']) assert.equal((await part(odd))[0], 200)
  assert.equal((await part('bytes=2-4', { 'if-range': '"other"' }))[0], 200)
  assert.equal((await fetchFile(app, file.id, ada, { 'if-none-match': `"${file.sha256}"` })).statusCode, 304)
})

test('a file can be sent once, by its owner, in its room; a message needs text or files', async t => {
  const { app, roomId } = await openRoom(t)
  const other = await as(app, ada).createRoom({ name: 'Other' })
  const { body: file } = await upload(app, roomId, 'words', 'a.txt')
  const say = (userId: string, room: string, fileIds: string[]) =>
    as(app, userId).sendMessage({ roomId: room, cmid: cmid(), body: '', fileIds })
  await assert.rejects(say(ada, roomId, []), { code: 'validation-failed' })
  await assert.rejects(say(ben, roomId, [file.id]), { code: 'chat.file-not-there' })
  await assert.rejects(say(ada, other.id, [file.id]), { code: 'chat.file-not-there' })
  await assert.rejects(say(ada, roomId, [file.id, newId()]), { code: 'chat.file-not-there' })
  const both = await Promise.allSettled([say(ada, roomId, [file.id]), say(ada, roomId, [file.id])])
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal((await upload(app, roomId, 'words', 'a.txt', cleo)).status, 403)
})

test('a large file arrives in parts, resumes after a lost connection, and is refused at any other offset', async t => {
  const { app, roomId } = await openRoom(t)
  const bytes = Buffer.alloc(700_000, 'abcdefghij')
  const { id } = await as(app, ada).createUpload({ roomId, name: 'long.txt', sizeBytes: bytes.byteLength })
  const address = new URL(await app.http.listen({ host: '127.0.0.1', port: 0 }))
  const patch = (offset: number, body: Buffer, cutAfter?: number) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sending = request(
        {
          host: address.hostname,
          port: address.port,
          path: `/chat/uploads/${id}`,
          method: 'PATCH',
          headers: { ...auth(app, ada), 'upload-offset': String(offset), 'content-length': String(body.byteLength) },
        },
        response => {
          let text = ''
          response.on('data', chunk => {
            text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
        },
      )
      sending.on('error', reject)
      if (cutAfter === undefined) sending.end(body)
      else sending.write(body.subarray(0, cutAfter), () => setTimeout(() => sending.destroy(new Error('cut')), 50))
    })
  assert.equal((await patch(0, bytes.subarray(0, 100_000))).status, 200)
  await assert.rejects(patch(100_000, bytes.subarray(100_000), 50_000), /cut/)
  const offset = await until(async () => {
    const upload = await as(app, ada).getUpload({ id })
    return upload.offset > 100_000 ? upload.offset : undefined
  })
  assert.ok(offset <= 150_000)
  const wrong = await patch(5, bytes.subarray(5))
  assert.deepEqual([wrong.status, JSON.parse(wrong.body).code], [409, 'chat.upload-offset'])
  const done = JSON.parse((await patch(offset, bytes.subarray(offset))).body) as { offset: number; file: FileInfo }
  assert.equal(done.offset, bytes.byteLength)
  assert.equal(done.file.sha256, createHash('sha256').update(bytes).digest('hex'))
  await assert.rejects(as(app, ada).getUpload({ id }), { code: 'not-found' })
  assert.deepEqual(
    (await app.storage.list('')).objects.map(({ key }) => key),
    [`modules/chat/files/${id}`],
  )
})

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error('it did not come')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test("limits hold for a file's size, an account's storage and its waiting files", async t => {
  const { app, roomId } = await openRoom(t)
  const large = await upload(app, roomId, Buffer.alloc(25 * 1024 * 1024 + 1), 'large.bin')
  assert.deepEqual([large.status, large.body.code], [413, 'payload-too-large'])
  const make = () => as(app, ada).createUpload({ roomId, name: 'x', sizeBytes: 1_000 })
  await assert.rejects(as(app, ada).createUpload({ roomId, name: 'x', sizeBytes: 26_214_401 }), { status: 413 })
  const made = await Promise.allSettled(Array.from({ length: 60 }, make))
  const refused = made.filter(result => result.status === 'rejected')
  assert.equal(made.length - refused.length, 50)
  for (const { reason } of refused) assert.equal(reason.code, 'chat.too-many-files')
})

/** O8: every reference has its bytes with the recorded hash; unreferenced bytes are deleted. */
async function orphans(app: TestApp): Promise<string[]> {
  const rows = await app.db('chat').sql<{ id: string; sha256: string; has_thumbnail: boolean }[]>`
    select id, sha256, has_thumbnail from files where state = 'ready'`
  const found: string[] = []
  for (const { id, sha256, has_thumbnail: hasThumbnail } of rows) {
    if ((await app.storage.stat(`modules/chat/files/${id}`))?.sha256 !== sha256) found.push(`no bytes for ${id}`)
    if (hasThumbnail && !(await app.storage.stat(`modules/chat/thumbs/${id}`))) found.push(`no thumbnail for ${id}`)
  }
  const known = new Set(rows.map(({ id }) => id))
  for (const { key } of (await app.storage.list('')).objects) {
    if (!known.has(key.split('/')[3] ?? '')) found.push(`unreferenced: ${key}`)
  }
  return found
}

test('O8: files are deleted with their message or room, or after a day; every reference has its bytes', async t => {
  const { app, roomId } = await openRoom(t)
  const second = await as(app, ada).createRoom({ name: 'Second' })
  const give = async (room: string) => {
    const { body: file } = await upload(app, room, await photo(), 'photo.jpg')
    return {
      file,
      said: await as(app, ada).sendMessage({ roomId: room, cmid: cmid(), body: 'see', fileIds: [file.id] }),
    }
  }
  const [kept, taken, gone] = [await give(roomId), await give(roomId), await give(second.id)]
  const { body: waiting } = await upload(app, roomId, 'words', 'a.txt')
  await as(app, ada).deleteMessage({ roomId, messageId: taken.said.id })
  await as(app, ada).deleteRoom({ id: second.id })
  for (const { file } of [taken, gone]) assert.equal((await fetchFile(app, file.id, ada)).statusCode, 404)
  await runJob(app, 'chat.sweep-files')
  assert.deepEqual(await orphans(app), [])
  assert.equal((await fetchFile(app, waiting.id, ada)).statusCode, 200)
  const log = await app.db('chat').sql`select body from stream_events where stream = ${`chat:room:${roomId}`}`
  assert.ok(!JSON.stringify(log).includes(taken.file.id))
  app.nowMs += 25 * 60 * 60_000
  await runJob(app, 'chat.sweep-files')
  assert.equal((await fetchFile(app, waiting.id, ada)).statusCode, 404)
  assert.equal((await fetchFile(app, kept.file.id, ben)).statusCode, 200)
  assert.deepEqual(await orphans(app), [])
  await app.storage.delete(`modules/chat/files/${kept.file.id}`)
  assert.equal((await orphans(app)).length, 1, 'the oracle sees what is missing')
})

test('erasing a person deletes their files including the bytes', async t => {
  const { app, roomId } = await openRoom(t)
  const { body: file } = await upload(app, roomId, await photo(), 'photo.jpg')
  await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'see', fileIds: [file.id] })
  await as(app, ada).createUpload({ roomId, name: 'x', sizeBytes: 1_000 })
  const { body: theirs } = await upload(app, roomId, 'words', 'a.txt', ben)
  await erasePerson(app, chatModule, ada)
  assert.deepEqual(
    (await app.storage.list('')).objects.map(({ key }) => key),
    [`modules/chat/files/${theirs.id}`],
  )
  const [left] = await app.db('chat').sql`select count(*)::int as count from files where owner_id = ${ada}`
  assert.equal(left?.count, 0)
})

test('while uploads are off no file is taken, and an upload that had begun goes on afterwards', async t => {
  const { app, roomId } = await openRoom(t)
  const { id } = await as(app, ada).createUpload({ roomId, name: 'a.txt', sizeBytes: 3 })
  const addPart = () =>
    app.http.inject({
      method: 'PATCH',
      url: `/chat/uploads/${id}`,
      headers: { ...auth(app, ada), 'upload-offset': '0', 'content-type': 'application/octet-stream' },
      payload: 'abc',
    })
  await app.setFlag('chat.uploads', 0)
  const refused = { status: 403, code: 'chat.uploads-off' }
  const { status, body } = await upload(app, roomId, 'abc', 'a.txt')
  assert.deepEqual({ status, code: body.code }, refused)
  await assert.rejects(as(app, ada).createUpload({ roomId, name: 'b.txt', sizeBytes: 3 }), refused)
  assert.equal((await addPart()).statusCode, 403)
  assert.equal((await as(app, ada).getUpload({ id })).offset, 0)
  await app.setFlag('chat.uploads', null)
  assert.equal((await addPart()).statusCode, 200)
})
