/** The reach of a message: blocks, reports and link previews. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { openPool } from '@octet/db'
import { defer, type Test } from '@octet/testkit'
import sharp from 'sharp'
import { firstLink } from '../src/messages/rules.ts'
import { ada, as, ben, blocks, cleo, cmid, openChat, reports, runJob } from './people.ts'

test('a blocked person cannot reach the blocker by conversation, invitation or mention', async t => {
  const app = await openChat(t)
  t.after(() => blocks.clear())
  const direct = await as(app, ada).openDirect({ userIds: [ben] })
  const three = await as(app, ada).openDirect({ userIds: [ben, cleo] })
  const room = await as(app, ada).createRoom({ name: 'Kitchen' })
  const say = (userId: string, roomId: string, body: string) =>
    as(app, userId).sendMessage({ roomId, cmid: cmid(), body })
  const early = await say(ada, direct.id, 'hello')
  blocks.add(`${ben} ${ada}`)
  const refused = { code: 'chat.person-not-reachable', status: 404 }
  await assert.rejects(as(app, ada).openDirect({ userIds: [ben] }), refused)
  await assert.rejects(as(app, ada).openDirect({ userIds: [cleo, ben] }), refused)
  await assert.rejects(say(ada, direct.id, 'are you there?'), refused)
  await assert.rejects(as(app, ada).editMessage({ roomId: direct.id, messageId: early.id, body: 'x' }), refused)
  await assert.rejects(as(app, ada).addMember({ id: room.id, userId: ben }), refused)
  await as(app, ben).joinRoom({ id: room.id })
  assert.deepEqual((await say(ada, room.id, `<@${ben}> hello`)).mentions, [])
  assert.deepEqual((await say(ada, three.id, `<@${ben}> <@${cleo}> hello`)).mentions, [cleo])
  assert.deepEqual((await say(ben, room.id, `<@${ada}> hello`)).mentions, [ada])
})

test('a report quotes the message to the moderators, and the room learns about it without a name', async t => {
  const app = await openChat(t)
  const room = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: room.id })
  const said = await as(app, ben).sendMessage({ roomId: room.id, cmid: cmid(), body: 'buy my coins' })
  const report = { roomId: room.id, messageId: said.id, reason: 'spam' } as const
  await assert.rejects(as(app, ben).reportMessage(report), { code: 'chat.own-message' })
  await assert.rejects(as(app, cleo).reportMessage(report), { code: 'chat.not-a-member' })
  await as(app, ada).reportMessage({ ...report, note: 'again' })
  const last = reports.at(-1)
  assert.deepEqual([last?.id, last?.reason], [ben, 'spam'])
  assert.match(last?.note ?? '', /^again\nMessage .* in Kitchen .*\nbuy my coins$/)
  const [entry] = (await as(app, ada).listModeration({ id: room.id })).data
  assert.deepEqual([entry?.action, entry?.actorId, entry?.messageId], ['message-reported', null, said.id])
})

test('the first address of a message is its link, except in code or angle brackets', () => {
  assert.equal(firstLink('see https://example.org/a(b). and http://x.y'), 'https://example.org/a(b')
  for (const quiet of ['`https://example.org`', '<https://example.org>', 'javascript:https://', 'no link']) {
    assert.equal(firstLink(quiet), undefined, quiet)
  }
})

async function site(t: Test) {
  const picture = await sharp({ create: { width: 1_200, height: 630, channels: 3, background: '#06c' } })
    .png()
    .toBuffer()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/cover.png') response.setHeader('content-type', 'image/png').end(picture)
    else if (request.url === '/moved') response.writeHead(302, { location: '/' }).end()
    else
      response
        .setHeader('content-type', 'text/html; charset=utf-8')
        .end('<title>Bread</title><meta property="og:image" content="/cover.png"><meta name=description content="How">')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/`, asked }
}

test('a link gets a preview with a stored picture; an edit removes it, and private addresses get none', async t => {
  const { url, asked } = await site(t)
  const app = await openChat(t, { outbound: { allow: ['127.0.0.0/8'] } })
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  const said = await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: `look: ${url}moved` })
  const wanted = { roomId, messageId: said.id, url: `${url}moved` }
  await runJob(app, 'chat.fetch-preview', wanted)
  const { preview } = await as(app, ada).getMessage({ roomId, messageId: said.id })
  assert.deepEqual([preview?.title, preview?.description, preview?.url], ['Bread', 'How', `${url}moved`])
  const [event] = await app.db('chat').sql<{ type: string; body: { preview: unknown } }[]>`
    select type, body from stream_events where stream = ${`chat:room:${roomId}`} order by seq desc limit 1`
  assert.deepEqual([event?.type, event?.body.preview], ['message-changed', preview])
  const headers = { authorization: `Bearer ${app.as(ada)}` }
  const image = await app.http.inject({ url: `/chat/files/${preview?.imageFileId}`, headers })
  assert.deepEqual([image.statusCode, image.headers['content-type']], [200, 'image/webp'])
  await as(app, ada).editMessage({ roomId, messageId: said.id, body: 'never mind' })
  await runJob(app, 'chat.fetch-preview', wanted)
  assert.equal((await as(app, ada).getMessage({ roomId, messageId: said.id })).preview, null)
  assert.equal((await app.http.inject({ url: `/chat/files/${preview?.imageFileId}`, headers })).statusCode, 404)
  await runJob(app, 'chat.sweep-files')
  assert.deepEqual((await app.storage.list('')).objects, [])
  const closed = await openChat(t)
  const other = await as(closed, ada).createRoom({ name: 'Kitchen' })
  const before = asked.length
  const inside = await as(closed, ada).sendMessage({ roomId: other.id, cmid: cmid(), body: url })
  await runJob(closed, 'chat.fetch-preview', { roomId: other.id, messageId: inside.id, url })
  assert.equal(asked.length, before)
})

test('one account can make the server fetch only a limited number of addresses a minute', async t => {
  const app = await openChat(t, { limitsScale: 0.1 })
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  for (let n = 0; n < 8; n++) {
    await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: `https://victim.example/${n}` })
  }
  const pool = openPool(app.databaseUrl, { connectionsMax: 1 })
  defer(t, () => pool.end({ timeout: 1 }))
  const jobs = await pool`select from platform_jobs.jobs where name = 'chat.fetch-preview'`
  assert.equal(jobs.length, 3)
})

test('while previews are off no page is fetched, neither for new messages nor for those that wait', async t => {
  const { url, asked } = await site(t)
  const app = await openChat(t, { outbound: { allow: ['127.0.0.0/8'] } })
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  const waiting = await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: url })
  await app.setFlag('chat.link-previews', 0)
  await runJob(app, 'chat.fetch-preview', { roomId, messageId: waiting.id, url })
  await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: url })
  assert.deepEqual(asked, [])
  const { names } = await app.runtime.jobs.stats()
  assert.equal(names.find(({ name }) => name === 'chat.fetch-preview')?.waiting, 1, 'only the one from before')
  await app.setFlag('chat.link-previews', null)
  await runJob(app, 'chat.fetch-preview', { roomId, messageId: waiting.id, url })
  assert.equal((await as(app, ada).getMessage({ roomId, messageId: waiting.id })).preview?.title, 'Bread')
})
