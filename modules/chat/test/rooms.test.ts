import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { ada, as, ben, cleo, cmid, dan, openChat } from './people.ts'

test('a public room can be found, joined and left, but its last owner cannot leave the others behind', async t => {
  const app = await openChat(t)
  const room = await as(app, ada).createRoom({ name: '  Tea   room ', topic: 'Tea' })
  assert.deepEqual([room.name, room.membership?.role, room.memberCount, room.version], ['Tea room', 'owner', 1, 1])
  const [found] = (await as(app, ben).browseRooms({ q: 'tea' })).data
  assert.deepEqual([found?.id, found?.membership], [room.id, null])
  const joined = await as(app, ben).joinRoom({ id: room.id })
  assert.deepEqual([joined.memberCount, joined.membership?.role], [2, 'member'])
  assert.equal((await as(app, ben).joinRoom({ id: room.id })).memberCount, 2)
  await assert.rejects(as(app, ada).leaveRoom({ id: room.id }), { code: 'chat.last-owner', status: 409 })
  await as(app, ben).leaveRoom({ id: room.id })
  await as(app, ada).leaveRoom({ id: room.id })
  assert.deepEqual((await as(app, ada).listRooms({})).data, [])
})

test('names of public rooms are unique regardless of case and width; names of private rooms need not be', async t => {
  const app = await openChat(t)
  const mine = as(app, ada)
  const results = await Promise.allSettled(
    ['News', 'NEWS', 'ｎｅｗｓ', 'news\u200b'].map(name => mine.createRoom({ name })),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const result of results)
    if (result.status === 'rejected') assert.equal(result.reason.code, 'chat.room-name-taken')
  const hidden = await mine.createRoom({ name: 'News', visibility: 'private' })
  await assert.rejects(mine.updateRoom({ id: hidden.id, visibility: 'public' }), { code: 'chat.room-name-taken' })
  await assert.rejects(mine.createRoom({ name: '\u200b\u202e' }), { code: 'validation-failed' })
  await assert.rejects(mine.createRoom({ name: 'x', visibility: 'public', isEncrypted: true }), {
    code: 'chat.encrypted-rooms-are-private',
  })
})

test('a set of people has exactly one conversation, even when several of them open it at once', async t => {
  const app = await openChat(t)
  const rooms = await Promise.all([
    as(app, ada).openDirect({ userIds: [ben] }),
    as(app, ben).openDirect({ userIds: [ada] }),
    as(app, ada).openDirect({ userIds: [ben, ada] }),
  ])
  assert.equal(new Set(rooms.map(({ id }) => id)).size, 1)
  assert.deepEqual(
    rooms[0]?.people.map(({ username }) => username),
    ['ben'],
  )
  const three = await as(app, ada).openDirect({ userIds: [ben, cleo] })
  assert.notEqual(three.id, rooms[0]?.id)
  assert.equal(three.memberCount, 3)
  await assert.rejects(as(app, ada).openDirect({ userIds: [newId()] }), { code: 'chat.person-not-reachable' })
  await assert.rejects(as(app, ada).openDirect({ userIds: [ada] }), { code: 'chat.person-not-reachable' })
  await assert.rejects(as(app, ada).updateRoom({ id: three.id, name: 'x' }), { code: 'chat.not-in-direct' })
  await assert.rejects(as(app, dan).getRoom({ id: three.id }), { code: 'not-found' })
})

test('moderators govern members but not one another; owners govern everyone', async t => {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Rules' })
  for (const userId of [ben, cleo, dan]) await as(app, userId).joinRoom({ id })
  for (const userId of [ben, cleo]) await as(app, ada).changeMember({ id, userId, role: 'moderator' })
  await assert.rejects(as(app, ben).removeMember({ id, userId: cleo }), { code: 'chat.role-too-low' })
  await assert.rejects(as(app, ben).removeMember({ id, userId: ada }), { code: 'chat.role-too-low' })
  await assert.rejects(as(app, ben).changeMember({ id, userId: dan, role: 'moderator' }), { code: 'chat.role-too-low' })
  await assert.rejects(as(app, dan).removeMember({ id, userId: ben }), { code: 'chat.role-too-low' })
  await assert.rejects(as(app, ada).changeMember({ id, userId: ada, role: 'member' }), { code: 'chat.last-owner' })
  await as(app, ben).removeMember({ id, userId: dan })
  await as(app, dan).joinRoom({ id }) // Removed, not banned.
  await as(app, ben).banMember({ id, userId: dan, reason: 'spam' })
  await assert.rejects(as(app, dan).joinRoom({ id }), { code: 'chat.banned', status: 403 })
  const [ban] = (await as(app, ada).listBans({ id })).data
  assert.deepEqual([ban?.person.username, ban?.reason, ban?.bannedBy], ['dan', 'spam', ben])
  await as(app, ada).liftBan({ id, userId: dan })
  await as(app, dan).joinRoom({ id })
  const actions = (await as(app, ada).listModeration({ id })).data.map(({ action }) => action)
  assert.deepEqual(actions.toSorted(), ['ban-lifted', 'banned', 'removed', 'role-changed', 'role-changed'])
})

test('a muted member cannot write until the mute ends', async t => {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Quiet' })
  await as(app, ben).joinRoom({ id })
  const message = await as(app, ben).sendMessage({ roomId: id, cmid: cmid(), body: 'before' })
  await as(app, ada).changeMember({ id, userId: ben, mutedMinutes: 5 })
  const speak = () => as(app, ben).sendMessage({ roomId: id, cmid: cmid(), body: 'hello' })
  await assert.rejects(speak(), { code: 'chat.muted', status: 403 })
  await assert.rejects(as(app, ben).react({ roomId: id, messageId: message.id, emoji: '👍', on: true }), {
    code: 'chat.muted',
  })
  await as(app, ben).deleteMessage({ roomId: id, messageId: message.id }) // Deleting is still allowed.
  app.nowMs += 5 * 60_000
  await speak()
})

test('an invitation admits exactly its number of people, also under a race, and none after it expires', async t => {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Secret', visibility: 'private' })
  const { token } = await as(app, ada).createInvitation({ id, usesMax: 2 })
  const guests = [ben, cleo, dan, newId(), newId()]
  const results = await Promise.allSettled(guests.map(userId => as(app, userId).acceptInvitation({ token })))
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2)
  const [first] = guests.filter((_, index) => results[index]?.status === 'fulfilled')
  assert.ok(first)
  assert.equal((await as(app, first).getRoom({ id })).memberCount, 3)
  const late = await as(app, ada).createInvitation({ id, expiresInHours: 1 })
  app.nowMs += 3_600_001
  await assert.rejects(as(app, newId()).acceptInvitation({ token: late.token }), { code: 'chat.invitation-invalid' })
  const revoked = await as(app, ada).createInvitation({ id })
  await as(app, ada).revokeInvitation({ id, invitationId: revoked.id })
  await assert.rejects(as(app, newId()).acceptInvitation({ token: revoked.token }), { status: 404 })
})

test('only owners can delete a room, and its messages go with it', async t => {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Gone' })
  await as(app, ben).joinRoom({ id })
  await as(app, ben).sendMessage({ roomId: id, cmid: cmid(), body: 'hello' })
  await assert.rejects(as(app, ben).deleteRoom({ id }), { code: 'chat.role-too-low' })
  await as(app, ada).deleteRoom({ id })
  await assert.rejects(as(app, ben).getRoom({ id }), { code: 'not-found' })
  const [left] = await app.db('chat').sql<{ rows: number }[]>`
    select ((select count(*) from messages) + (select count(*) from members) + (select count(*) from sends)
      + (select count(*) from stream_events where body::text like '%hello%'))::int as rows`
  assert.equal(left?.rows, 0)
})

test('rooms are listed by their newest message, page by page', async t => {
  const app = await openChat(t)
  const mine = as(app, ada)
  for (const name of ['one', 'two', 'three']) {
    app.nowMs -= 1_000
    await mine.createRoom({ name })
  }
  const rooms = await mine.listRooms({})
  const last = rooms.data.at(-1)
  assert.equal(last?.name, 'three')
  await mine.sendMessage({ roomId: last?.id ?? '', cmid: cmid(), body: 'newest' })
  const first = await mine.listRooms({ limit: 2 })
  const second = await mine.listRooms({ limit: 2, cursor: first.meta.nextCursor ?? '' })
  assert.deepEqual(
    [...first.data, ...second.data].map(({ name }) => name),
    ['three', 'one', 'two'],
  )
  assert.equal(second.meta.hasMore, false)
})
