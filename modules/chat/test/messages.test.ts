import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chat } from '@octet/contracts/chat'
import { newId } from '@octet/db'
import type { Test } from '@octet/testkit'
import { ada, as, ben, cleo, cmid, openChat } from './people.ts'

async function openRoom(t: Test) {
  const app = await openChat(t)
  const room = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: room.id })
  const say = (userId: string, body: string, more: object = {}) =>
    as(app, userId).sendMessage({ roomId: room.id, cmid: cmid(), body, ...more })
  const logOf = () => app.db('chat').sql<{ seq: number; type: string; body: Record<string, unknown> }[]>`
    select seq, type, body from stream_events where stream = ${`chat:room:${room.id}`} order by seq`
  return { app, roomId: room.id, say, logOf }
}

test('messages have one gapless order, however many people send at once', async t => {
  const { app, roomId, say, logOf } = await openRoom(t)
  const said = await Promise.all(Array.from({ length: 40 }, (_, index) => say(index % 2 ? ada : ben, `word ${index}`)))
  const log = await logOf()
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, index) => index + 1),
  )
  const { data } = await as(app, ada).listMessages({ roomId, limit: 100 })
  assert.deepEqual(
    data.map(({ id, seq }) => [id, seq]),
    said.map(({ id, seq }) => [id, seq]).sort((a, b) => Number(a[1]) - Number(b[1])),
  )
})

test('a repeated cmid gets the first answer and sends nothing; different content under it is refused', async t => {
  const { app, roomId, logOf } = await openRoom(t)
  const send = { roomId, cmid: cmid(), body: 'once' }
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => as(app, ada).sendMessage(send)))
  for (const other of others) assert.deepEqual(other, first)
  assert.equal((await logOf()).filter(({ type }) => type === 'message').length, 1)
  await assert.rejects(as(app, ada).sendMessage({ ...send, body: 'twice' }), { code: 'chat.cmid-reused', status: 409 })
  const theirs = await as(app, ben).sendMessage(send) // The same cmid of another person is a different cmid.
  assert.notEqual(theirs.id, first?.id)
})

test('history can be read in both directions, around a message and from a date, and reports its ends', async t => {
  const { app, roomId, say } = await openRoom(t)
  const said = []
  for (let index = 0; index < 9; index++) said.push(await say(ada, `word ${index}`))
  const mine = as(app, ada)
  const bodies = (page: { data: { body: string }[] }) => page.data.map(({ body }) => body.slice(5)).join('')
  const newest = await mine.listMessages({ roomId, limit: 4 })
  assert.deepEqual([bodies(newest), newest.hasOlder, newest.hasNewer], ['5678', true, false])
  const older = await mine.listMessages({ roomId, limit: 6, before: newest.data[0]?.seq ?? 0 })
  assert.deepEqual([bodies(older), older.hasOlder], ['01234', false])
  const newer = await mine.listMessages({ roomId, limit: 3, after: said[2]?.seq ?? 0 })
  assert.deepEqual([bodies(newer), newer.hasNewer], ['345', true])
  const around = await mine.listMessages({ roomId, limit: 4, around: said[4]?.seq ?? 0 })
  assert.equal(bodies(around), '2345')
  const then = await mine.listMessages({ roomId, limit: 2, at: said[6]?.createdAt ?? '' })
  assert.equal(bodies(then), '56')
  assert.deepEqual(newest.people, [{ id: ada, username: 'ada', displayName: 'ADA' }])
  await assert.rejects(mine.listMessages({ roomId, before: 1, after: 1 }), { code: 'validation-failed' })
})

test('edits and deletions are events, and deleted text cannot be read anywhere', async t => {
  const { app, roomId, say, logOf } = await openRoom(t)
  const secret = `secret-${newId()}`
  const message = await say(ada, secret)
  const edited = await as(app, ada).editMessage({ roomId, messageId: message.id, body: `${secret} edited` })
  assert.equal(edited.seq, message.seq)
  assert.notEqual(edited.editedAt, null)
  await assert.rejects(as(app, ben).editMessage({ roomId, messageId: message.id, body: 'mine now' }), {
    code: 'chat.not-yours',
  })
  await assert.rejects(as(app, ben).deleteMessage({ roomId, messageId: message.id }), { code: 'chat.not-yours' })
  await as(app, ada).deleteMessage({ roomId, messageId: message.id })
  await as(app, ada).deleteMessage({ roomId, messageId: message.id })
  const log = await logOf()
  assert.deepEqual(
    log.slice(-3).map(({ type }) => type),
    ['message', 'message-changed', 'message-deleted'],
  )
  const { data } = await as(app, ada).listMessages({ roomId })
  assert.deepEqual([data[0]?.body, data[0]?.id], ['', message.id])
  const [row] = await app.db('chat').sql<{ hits: number }[]>`
    select ((select count(*) from messages where body like ${`%${secret}%`})
      + (select count(*) from stream_events where body::text like ${`%${secret}%`}))::int as hits`
  assert.equal(row?.hits, 0)
  await assert.rejects(as(app, ada).editMessage({ roomId, messageId: message.id, body: 'again' }), {
    code: 'chat.message-gone',
  })
})

test("moderators can delete other members' messages, and the moderation log records it", async t => {
  const { app, roomId, say } = await openRoom(t)
  const message = await say(ben, 'rude')
  await as(app, ada).deleteMessage({ roomId, messageId: message.id })
  const { data } = await as(app, ada).listModeration({ id: roomId })
  assert.deepEqual(
    data.map(({ action, actorId, subjectId, messageId }) => ({ action, actorId, subjectId, messageId })),
    [{ action: 'message-deleted', actorId: ada, subjectId: ben, messageId: message.id }],
  )
  await assert.rejects(as(app, ben).listModeration({ id: roomId }), { code: 'chat.role-too-low' })
})

test('reactions count once per person, threads count their replies, and only members can be mentioned', async t => {
  const { app, roomId, say } = await openRoom(t)
  const root = await say(ada, `look <@${ben}> <@${cleo}>`)
  assert.deepEqual(root.mentions, [ben])
  const react = (userId: string, emoji: string, on = true) =>
    as(app, userId).react({ roomId, messageId: root.id, emoji, on })
  await Promise.all([react(ada, '👍'), react(ben, '👍'), react(ben, '👍')])
  const after = await react(ben, '🎉')
  assert.deepEqual(
    after.reactions.map(({ emoji, count }) => [emoji, count]),
    [
      ['👍', 2],
      ['🎉', 1],
    ],
  )
  assert.deepEqual((await react(ben, '🎉', false)).reactions.length, 1)
  await assert.rejects(react(ada, '<b>'), { code: 'validation-failed' })
  const reply = await say(ben, 'seen', { threadId: root.id })
  await assert.rejects(say(ben, 'deeper', { threadId: reply.id }), { code: 'validation-failed' })
  const thread = await as(app, ada).listMessages({ roomId, threadId: root.id })
  assert.deepEqual(
    thread.data.map(({ id, replyCount }) => [id, replyCount]),
    [
      [root.id, 1],
      [reply.id, 0],
    ],
  )
  const [room] = (await as(app, ben).listRooms({})).data
  assert.deepEqual([room?.membership?.unread, room?.membership?.mentions], [1, 1])
})

test('cursors only move forward, never past the end, and unread counts follow them', async t => {
  const { app, roomId, say } = await openRoom(t)
  const said = [await say(ada, 'one'), await say(ada, 'two'), await say(ada, 'three')]
  const theirs = as(app, ben)
  const unread = async () => (await theirs.getRoom({ id: roomId })).membership?.unread
  assert.equal(await unread(), 3)
  await theirs.markDelivered({ roomId, seq: said[2]?.seq ?? 0 })
  assert.equal(await unread(), 3)
  await theirs.markRead({ roomId, seq: said[1]?.seq ?? 0 })
  assert.equal(await unread(), 1)
  const back = await theirs.markRead({ roomId, seq: 1 })
  assert.equal(back.readSeq, said[1]?.seq)
  const beyond = await theirs.markRead({ roomId, seq: 1_000_000 })
  assert.equal(beyond.readSeq, said[2]?.seq)
  assert.equal(await unread(), 0)
  const cursors = await as(app, ada).listCursors({ roomId })
  assert.deepEqual(
    cursors.data.find(({ userId }) => userId === ben),
    beyond,
  )
  await assert.rejects(as(app, cleo).markRead({ roomId, seq: 1 }), { code: 'chat.not-a-member' })
})

test("search finds words in the caller's rooms and in no others", async t => {
  const { app, roomId, say } = await openRoom(t)
  await say(ada, 'The quick brown fox')
  await say(ben, 'A slow brown bear')
  const found = async (userId: string, q: string, more = {}) =>
    (await as(app, userId).searchMessages({ q, ...more })).data.map(({ message }) => message.body)
  assert.deepEqual(await found(ben, 'brown'), ['A slow brown bear', 'The quick brown fox'])
  assert.deepEqual(await found(ben, '"quick brown"'), ['The quick brown fox'])
  assert.deepEqual(await found(ben, 'brown -bear'), ['The quick brown fox'])
  assert.deepEqual(await found(ben, 'brown', { authorId: ben }), ['A slow brown bear'])
  assert.deepEqual(await found(cleo, 'brown'), [])
  await assert.rejects(as(app, cleo).searchMessages({ q: 'brown', roomId }), { code: 'chat.not-a-member' })
  const first = await as(app, ben).searchMessages({ q: 'brown', limit: 1 })
  const next = await as(app, ben).searchMessages({ q: 'brown', limit: 1, cursor: first.meta.nextCursor ?? '' })
  assert.deepEqual(
    next.data.map(({ message }) => message.body),
    ['The quick brown fox'],
  )
})

test("search covers all of the caller's rooms in order of time, page by page, with filters", async t => {
  const { app, roomId, say } = await openRoom(t)
  const other = await as(app, ben).createRoom({ name: 'Garden' })
  const secret = await as(app, ada).createRoom({ name: 'Not his', visibility: 'private' })
  const said = []
  for (let index = 0; index < 6; index++) {
    const room = [roomId, other.id, secret.id][index % 3] ?? ''
    const who = room === secret.id ? ada : ben
    said.push(await as(app, who).sendMessage({ roomId: room, cmid: cmid(), body: `tea number ${index}` }))
  }
  await say(ada, 'tea of ada')
  const pages: string[] = []
  let cursor: string | undefined
  do {
    const page = await as(app, ben).searchMessages({ q: 'tea', limit: 2, ...(cursor === undefined ? {} : { cursor }) })
    pages.push(page.data.map(({ message }) => message.body.split(' ').at(-1)).join(' '))
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(pages, ['ada 4', '3 1', '0'])
  const narrowed = async (more: object) =>
    (await as(app, ben).searchMessages({ q: 'tea', ...more })).data.map(({ message }) => message.body.split(' ').at(-1))
  assert.deepEqual(await narrowed({ roomId: other.id }), ['4', '1'])
  assert.deepEqual(await narrowed({ authorId: ada }), ['ada'])
  assert.deepEqual(await narrowed({ before: said[3]?.createdAt }), ['1', '0'])
  assert.deepEqual(await narrowed({ after: said[3]?.createdAt, authorId: ben }), ['4', '3'])
})

test('a private room of others, its messages and its search look nonexistent, for reads and writes', async t => {
  const app = await openChat(t)
  const room = await as(app, ada).createRoom({ name: 'Board', visibility: 'private' })
  const message = await as(app, ada).sendMessage({ roomId: room.id, cmid: cmid(), body: 'quiet' })
  const token = app.as(cleo)
  for (const [operation, input] of [
    ['listMessages', {}],
    ['getMessage', { messageId: message.id }],
    ['sendMessage', { cmid: cmid(), body: 'hello' }],
    ['react', { messageId: message.id, emoji: '👍', on: true }],
    ['markRead', { seq: 1 }],
    ['listPins', {}],
  ] as const) {
    const theirs = await app.request(chat, operation, { roomId: room.id, ...input }, { token })
    const missing = await app.request(chat, operation, { roomId: newId(), ...input }, { token })
    const comparable = ({ status, body }: typeof theirs) => ({ status, body: { ...(body as object), requestId: '' } })
    assert.equal(theirs.status, 404, operation)
    assert.deepEqual(comparable(theirs), comparable(missing), operation)
  }
})
