/** Example rooms: created once, lively, open to every new account, and kept or refused by the first administrator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplePeople } from '@octet/contracts/examples'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import type { Test, TestApp } from '@octet/testkit'
import { chatModule } from '../src/module.ts'
import { ada, as, ben, openChat } from './people.ts'

async function openExamples(t: Test) {
  const app = await openChat(t)
  await seed(app)
  return app
}

async function seed(app: TestApp) {
  await chatModule.seedDemo?.(app.runtime.host.contextOf('chat', serviceRequest('chat', newId(), 60_000)) as never)
}

async function deliver(app: TestApp, event: string, data: object) {
  const [subscriber] = app.runtime.host.subscribersOf(event)
  assert.ok(subscriber, event)
  const eventId = newId()
  for (let again = 0; again < 2; again++) await subscriber.deliver({ eventId, data })
}

test('a new account finds rooms with conversations, threads, reactions, pins and a picture', async t => {
  const app = await openExamples(t)
  await deliver(app, 'identity.user-registered', { userId: ben })
  const rooms = (await as(app, ben).listRooms({})).data
  assert.equal(rooms.length, 3)
  assert.ok(rooms.every(room => room.isExample && room.topic !== '' && room.memberCount >= 5))
  assert.deepEqual(
    rooms.map(room => [room.membership?.role, room.membership?.unread]),
    rooms.map(() => ['member', 2]),
  )
  const pages = await Promise.all(rooms.map(({ id }) => as(app, ben).listMessages({ roomId: id, limit: 100 })))
  const said = pages.flatMap(({ data }) => data)
  assert.ok(said.some(({ threadId }) => threadId !== null) && said.some(({ replyCount }) => replyCount > 1))
  assert.ok(said.some(({ reactions }) => reactions.length > 1) && said.some(({ replyToId }) => replyToId !== null))
  assert.ok(said.filter(({ isPinned }) => isPinned).length >= 2 && said.some(({ mentions }) => mentions.length > 0))
  assert.ok(new Set(said.map(({ authorId }) => authorId)).size >= 5)
  const ages = said.map(({ createdAt }) => app.nowMs - Date.parse(createdAt))
  assert.ok(Math.min(...ages) > 0 && Math.max(...ages) > 2 * 86_400_000, 'the messages are from the last days')
  const [file] = said.flatMap(({ files }) => files)
  assert.deepEqual([file?.contentType, file?.width, file?.hasThumbnail], ['image/png', 960, true])
  const headers = { authorization: `Bearer ${app.as(ben)}` }
  assert.equal((await app.http.inject({ url: `/chat/files/${file?.id}/thumbnail`, headers })).statusCode, 200)
  const cursors = await as(app, ben).listCursors({ roomId: rooms[0]?.id ?? '' })
  assert.ok(cursors.data.some(({ userId }) => userId === examplePeople.mira.id))
})

test('the log of an example room matches its messages and is in order of time', async t => {
  const app = await openExamples(t)
  const streams = await app.db('chat').sql<{ stream: string; seq: number; at: string; type: string; body: object }[]>`
    select stream, seq, at, type, body from stream_events where stream like 'chat:room:%' order by stream, seq`
  assert.ok(streams.length > 30)
  for (const [index, event] of streams.entries()) {
    const before = streams[index - 1]
    if (before?.stream !== event.stream) assert.equal(event.seq, 1)
    else assert.equal(event.seq, before.seq + 1)
  }
  const rows = await app.db('chat').sql`
    select 1 from messages join stream_events on stream = 'chat:room:' || room_id and stream_events.seq = messages.seq
    where at <> created_at or type <> 'message' or from_id <> author_id`
  assert.equal(rows.length, 0)
})

test('example rooms are created once; renamed rooms and taken names are left alone', async t => {
  const app = await openChat(t)
  const mine = await as(app, ada).createRoom({ name: 'town SQUARE' })
  await app.runtime.seedDemo()
  await app.runtime.seedDemo()
  await seed(app)
  const found = (await as(app, ada).browseRooms({})).data
  assert.equal(found.length, 3)
  assert.equal(found.find(({ id }) => id === mine.id)?.isExample, false)
})

test('the first administrator owns the example rooms and is greeted, or they are deleted', async t => {
  const app = await openExamples(t)
  await deliver(app, 'identity.user-registered', { userId: ada })
  await deliver(app, 'identity.owner-created', { userId: ada, examples: true })
  const rooms = (await as(app, ada).listRooms({})).data
  assert.deepEqual(rooms.map(({ kind, membership }) => `${kind} ${membership?.role}`).toSorted(), [
    ...['channel owner', 'channel owner', 'channel owner'],
    'direct member',
  ])
  const direct = rooms.find(({ kind }) => kind === 'direct')
  assert.equal(direct?.membership?.unread, 1)
  const refused = await openExamples(t)
  await deliver(refused, 'identity.owner-created', { userId: ada, examples: false })
  await deliver(refused, 'identity.user-registered', { userId: ada })
  assert.deepEqual((await as(refused, ada).listRooms({})).data, [])
  assert.deepEqual((await as(refused, ada).browseRooms({})).data, [])
  const [left] = await refused.db('chat').sql<{ rows: number }[]>`
    select ((select count(*) from messages) + (select count(*) from sends)
      + (select count(*) from members))::int as rows`
  assert.equal(left?.rows, 0)
})
