/** Messages, actions and knowledge that chat must refuse. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen, signIn, type Test } from '@octet/testkit'
import { ada, as, ben, blocks, cleo, cmid, dan, openChat } from './people.ts'

async function openRoom(t: Test, limitsScale?: number) {
  const app = await openChat(t, limitsScale === undefined ? {} : { limitsScale })
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  for (const userId of [ben, cleo]) await as(app, userId).joinRoom({ id: roomId })
  const say = (userId: string, body: string) => as(app, userId).sendMessage({ roomId, cmid: cmid(), body })
  const place = async (userId: string) => (await as(app, userId).getRoom({ id: roomId })).membership
  return { app, roomId, say, place }
}

test('invisible messages are refused; text of every script is stored as typed', async t => {
  const { app, roomId, say } = await openRoom(t)
  const message = await say(ada, 'seen')
  for (const blank of ['', '  \n\t ', '\u200b\u202e\u2066', '\u3164', '\u2800', '\ufeff']) {
    await assert.rejects(say(ada, blank), { code: 'validation-failed' }, JSON.stringify(blank))
    await assert.rejects(as(app, ada).editMessage({ roomId, messageId: message.id, body: blank }), {
      code: 'validation-failed',
    })
  }
  // These are shown as text; what they would do elsewhere does not matter here.
  const hostile = [
    '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>',
    '\u202egnp.exe \u0301\u0301\u0301 zalgo \u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '𝕏'.repeat(8_000),
  ]
  for (const body of hostile) assert.equal((await say(ada, body)).body, body)
  await assert.rejects(say(ada, '𝕏'.repeat(8_001)), { code: 'validation-failed' })
  for (const broken of ['half \ud800 a character', 'nothing \u0000 here']) {
    await assert.rejects(say(ada, broken), { code: 'validation-failed', status: 400 })
  }
})

test('a topic is one line without bidirectional control characters', async t => {
  const { app, roomId } = await openRoom(t)
  const changed = await as(app, ada).updateRoom({ id: roomId, topic: ' Tea\u202e \u2066 and\u0007\n biscuits \u2067' })
  assert.equal(changed.topic, 'Tea and biscuits')
  const made = await as(app, ada).createRoom({ name: 'Other', topic: 'a\n\u202eb' })
  assert.equal(made.topic, 'a b')
  const [entry] = (await as(app, ada).listModeration({ id: roomId })).data
  assert.deepEqual([entry?.action, entry?.detail], ['room-changed', 'topic'])
})

test('a reaction is exactly one emoji', async t => {
  const { app, roomId, say } = await openRoom(t)
  const { id: messageId } = await say(ada, 'look')
  const react = (emoji: string) => as(app, ben).react({ roomId, messageId, emoji, on: true })
  for (const emoji of ['☕', '❤️', '👍🏽', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿']) await react(emoji)
  for (const other of ['\u202e', '\u200d', '\u0301', '12', '.', '#', 'a', '👍👍', '👍 ', '\u200b👍', '🇩', '<b>']) {
    await assert.rejects(react(other), { code: 'validation-failed' }, JSON.stringify(other))
  }
})

test('an edit notifies newly mentioned people and drops removed mentions from the count', async t => {
  const { app, roomId, say, place } = await openRoom(t)
  const mentions = async () => [(await place(ben))?.mentions, (await place(cleo))?.mentions]
  const { id: messageId } = await say(ada, `tea, <@${ben}>?`)
  assert.deepEqual(await mentions(), [1, 0])
  const edited = await as(app, ada).editMessage({ roomId, messageId, body: `tea, <@${cleo}> and <@${ada}>?` })
  assert.deepEqual(edited.mentions, [cleo])
  assert.deepEqual(await mentions(), [0, 1])
  const told = await app.db('chat').sql<{ stream: string }[]>`
    select stream from stream_events where type = 'mention' order by at`
  assert.deepEqual(
    told.map(({ stream }) => stream),
    [`chat:inbox:${ben}`, `chat:inbox:${cleo}`],
  )
  await as(app, ada).editMessage({ roomId, messageId, body: `tea, <@${cleo}>!` })
  assert.equal((await app.db('chat').sql`select from stream_events where type = 'mention'`).length, 2)
})

test('members cannot unmute themselves, and the last owner can be neither demoted nor removed', async t => {
  const { app, roomId: id, say } = await openRoom(t)
  await as(app, ada).changeMember({ id, userId: ben, role: 'moderator', mutedMinutes: 10 })
  const entries = (await as(app, ada).listModeration({ id })).data.map(({ action }) => action)
  assert.deepEqual(entries.toSorted(), ['muted', 'role-changed'])
  await assert.rejects(as(app, ben).changeMember({ id, userId: ben, mutedMinutes: 0 }), { code: 'chat.role-too-low' })
  await assert.rejects(say(ben, 'hello'), { code: 'chat.muted' })
  await assert.rejects(as(app, ada).removeMember({ id, userId: ada }), { code: 'chat.role-too-low' })
  await assert.rejects(as(app, ben).removeMember({ id, userId: ben }), { code: 'chat.role-too-low' })
  await as(app, ada).changeMember({ id, userId: ada, mutedMinutes: 0 }) // owners may change themselves freely
})

test('a blocked person can neither react nor pin in the direct conversation', async t => {
  const { app } = await openRoom(t)
  t.after(() => blocks.clear())
  const { id: roomId } = await as(app, ada).openDirect({ userIds: [ben] })
  const { id: messageId } = await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'hello' })
  blocks.add(`${ben} ${ada}`)
  const refused = { code: 'chat.person-not-reachable' }
  await assert.rejects(as(app, ada).react({ roomId, messageId, emoji: '👋', on: true }), refused)
  await assert.rejects(as(app, ada).pinMessage({ roomId, messageId, on: true }), refused)
  await as(app, ben).react({ roomId, messageId, emoji: '👋', on: true })
})

test('a room limits its message rate and reports it; outsiders cannot use up its allowance', async t => {
  const { app, roomId, say } = await openRoom(t, 0.05) // A burst of 30, and 30 a minute for each account.
  const stranger = as(app, '01976000-0000-7000-8000-0000000000ff')
  for (let index = 0; index < 25; index++) {
    await assert.rejects(stranger.sendMessage({ roomId, cmid: cmid(), body: 'me too' }), { code: 'chat.not-a-member' })
  }
  for (let index = 0; index < 10; index++) for (const person of [ada, ben, cleo]) await say(person, `${index}`)
  const refused = await say(ada, 'one more').catch(error => error as { code: string; retryAfterMs?: number })
  assert.equal((refused as { code: string }).code, 'rate-limited')
  const waitMs = (refused as { retryAfterMs?: number }).retryAfterMs ?? 0
  assert.ok(waitMs > 0 && waitMs <= 2_000, `${waitMs} ms`)
  app.nowMs += waitMs
  await say(cleo, 'now')
})

test('a hidden reading position is shown as received only, except to the own devices', async t => {
  const { app, roomId, say } = await openRoom(t)
  const url = await listen(app)
  const listener = async (userId: string, stream: string) => {
    const peer = await signIn(t, url, app.as(userId))
    peer.send({ t: 'sub', streams: { [stream]: null } })
    await peer.next('subscribed')
    return peer
  }
  assert.deepEqual((await as(app, ben).getChatSettings({})).showReading, true)
  const changed = await as(app, ben).setChatSettings({ showReading: false, showTyping: false })
  assert.deepEqual([changed.showReading, changed.showTyping, changed.showPresence], [false, false, true])
  const { seq } = await say(ada, 'have you seen it?')
  const watcher = await listener(ada, `chat:receipts:${roomId}`)
  const phone = await listener(ben, `chat:reads:${ben}`)
  await as(app, ben).markDelivered({ roomId, seq })
  assert.deepEqual((await watcher.next('relay')).body, { userId: ben, deliveredSeq: seq, readSeq: 0 })
  assert.equal((await as(app, ben).markRead({ roomId, seq })).readSeq, seq)
  assert.deepEqual((await phone.next('relay')).body, { roomId, readSeq: seq })
  const cursorOf = async (viewer: string) =>
    (await as(app, viewer).listCursors({ roomId })).data.find(({ userId }) => userId === ben)
  assert.deepEqual(await cursorOf(ada), { userId: ben, deliveredSeq: seq, readSeq: 0 })
  assert.equal((await cursorOf(ben))?.readSeq, seq)
  await as(app, cleo).markRead({ roomId, seq })
  const next = (await watcher.next('relay')).body as { userId: string }
  assert.equal(next.userId, cleo, 'the reading position is not published, not even as an empty event')
  const spy = await signIn(t, url, app.as(ada))
  spy.send({ t: 'sub', streams: { [`chat:reads:${ben}`]: null } })
  assert.equal((await spy.next('err')).code, 'not-found')
})

test("a removed moderator's invitations are revoked; those of a moderator who left stay valid", async t => {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Kitchen', visibility: 'private' })
  const invite = async (userId: string) => (await as(app, userId).createInvitation({ id })).token
  const own = await invite(ada)
  for (const how of ['removeMember', 'banMember', 'leaveRoom'] as const) {
    await as(app, ada).addMember({ id, userId: ben })
    await as(app, ada).changeMember({ id, userId: ben, role: 'moderator' })
    const token = await invite(ben)
    if (how === 'leaveRoom') await as(app, ben).leaveRoom({ id })
    else await as(app, ada)[how]({ id, userId: ben })
    const entered = as(app, cleo).acceptInvitation({ token })
    if (how === 'leaveRoom') assert.equal((await entered).id, id)
    else await assert.rejects(entered, { code: 'chat.invitation-invalid' })
    if (how === 'banMember') await as(app, ada).liftBan({ id, userId: ben })
  }
  assert.equal((await as(app, dan).acceptInvitation({ token: own })).id, id)
})

test('sealed copies are kept only for existing events, so they cannot fill the disk', async t => {
  const app = await openChat(t)
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Vault', isEncrypted: true })
  await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'c2VhbGVk' })
  const { headSeq } = await as(app, ada).getRoom({ id: roomId })
  const copies = [0, headSeq, headSeq + 1, 1e15].map(seq => ({ seq, sealed: 'c2VhbGVk' }))
  assert.deepEqual(await as(app, ada).putHistory({ roomId, copies }), { kept: 1 })
  assert.deepEqual(
    (await as(app, ada).getHistory({ roomId })).data.map(({ seq }) => seq),
    [headSeq],
  )
})
