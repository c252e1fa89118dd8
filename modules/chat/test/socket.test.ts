/** Chat over `/realtime`: the same operations, and no client receives events of rooms it may not read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerFrame } from '@octet/contracts'
import type { Message } from '@octet/contracts/chat'
import { listen, type Peer, signIn, type Test } from '@octet/testkit'
import { ada, as, ben, cleo, cmid, openChat } from './people.ts'

async function openRoom(t: Test) {
  const app = await openChat(t)
  const url = await listen(app)
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: roomId })
  const stream = `chat:room:${roomId}`
  const enter = async (userId: string, streams: readonly string[] = [stream]) => {
    const peer = await signIn(t, url, app.as(userId), `device of ${userId}`.replaceAll(' ', '-'))
    peer.send({ t: 'sub', streams: Object.fromEntries(streams.map(name => [name, null])) })
    for (const name of streams) await peer.next('subscribed', frame => frame.stream === name)
    return peer
  }
  return { app, url, roomId, stream, enter }
}

/** Sends numbered commands; each resolves with its answer. */
function sender(peer: Peer, stream: string) {
  let csn = 0
  return (type: string, body: object, key = cmid()) => {
    const answered = Promise.withResolvers<Message>()
    const listen = (data: unknown) => {
      const frame = JSON.parse(String(data)) as ServerFrame
      if (frame.t === 'sent' && frame.cmid === key) answered.resolve(frame.output as Message)
      else if (frame.t === 'err' && frame.ref === key) answered.reject({ code: frame.code })
      else return
      peer.socket.off('message', listen)
    }
    peer.socket.on('message', listen)
    peer.send({ t: 'send', cmid: key, csn: ++csn, stream, type, body: { ...body } })
    return answered.promise
  }
}

test('sending, editing, reacting, deleting and reading work alike over the socket and over REST', async t => {
  const { app, roomId, stream, enter } = await openRoom(t)
  const [phone, desk] = [await enter(ada), await enter(ben)]
  const send = sender(phone, stream)
  const key = cmid()
  const said = await send('message', { body: 'tea?' }, key)
  const rest = as(app, ben)
  assert.deepEqual(await rest.getMessage({ roomId, messageId: said.id }), said)
  assert.deepEqual(await as(app, ada).sendMessage({ roomId, cmid: key, body: 'tea?' }), said)
  const edited = await send('edit', { messageId: said.id, body: 'coffee?' })
  assert.deepEqual([edited.body, edited.seq], ['coffee?', said.seq])
  const reacted = await send('react', { messageId: said.id, emoji: '☕', on: true })
  assert.deepEqual(reacted.reactions, [{ emoji: '☕', count: 1, userIds: [ada] }])
  assert.deepEqual(await rest.getMessage({ roomId, messageId: said.id }), reacted)
  await send('delete', { messageId: said.id })
  const events = []
  for (let index = 0; index < 4; index++) events.push(await desk.next('event'))
  assert.deepEqual(
    events.map(({ type, seq, from }) => [type, seq - said.seq, from]),
    [
      ['message', 0, ada],
      ['message-changed', 1, ada],
      ['message-changed', 2, ada],
      ['message-deleted', 3, ada],
    ],
  )
  assert.equal((await rest.getMessage({ roomId, messageId: said.id })).body, '')
  desk.send({ t: 'send', cmid: cmid(), stream, type: 'read', body: { seq: said.seq + 3 } })
  assert.deepEqual((await desk.next('sent')).output, {
    userId: ben,
    deliveredSeq: said.seq + 3,
    readSeq: said.seq + 3,
  })
  assert.equal((await rest.getRoom({ id: roomId })).membership?.readSeq, said.seq + 3)
})

test('a cmid reused with different text is refused, however late, and consumes its number', async t => {
  const { app, stream, enter } = await openRoom(t)
  const send = sender(await enter(ada), stream)
  const key = cmid()
  await send('message', { body: 'one' }, key)
  await assert.rejects(send('message', { body: 'two' }, key), { code: 'chat.cmid-reused' })
  assert.equal((await app.db('chat').sql`select from idempotency_keys where key = ${key}`).length, 0)
  await assert.rejects(send('message', { body: 'three' }, key), { code: 'chat.cmid-reused' })
  assert.equal((await send('message', { body: 'four' })).body, 'four')
})

test("numbered sends keep their device's order; one that arrives early is told which number is expected", async t => {
  const { app, roomId, stream, enter } = await openRoom(t)
  const phone = await enter(ada)
  const say = (csn: number, key = cmid()) => {
    phone.send({ t: 'send', cmid: key, csn, stream, type: 'message', body: { body: `word ${csn}` } })
    return key
  }
  const early = say(3)
  assert.deepEqual((await phone.next('err', ({ ref }) => ref === early)).data, { expected: 1 })
  const first = say(1)
  const lastOne = say(2)
  say(3, early)
  await phone.next('sent', frame => frame.cmid === early)
  const { data } = await as(app, ben).listMessages({ roomId })
  assert.deepEqual(
    data.map(message => [message.cmid, message.body]),
    [
      [first, 'word 1'],
      [lastOne, 'word 2'],
      [early, 'word 3'],
    ],
  )
})

for (const how of ['removeMember', 'banMember'] as const) {
  test(`a member removed by ${how}, even while typing, receives and sends nothing more`, async t => {
    const { app, roomId, stream, enter } = await openRoom(t)
    await as(app, cleo).joinRoom({ id: roomId })
    const receipts = `chat:receipts:${roomId}`
    const desk = await enter(ben, [stream, receipts, `chat:inbox:${ben}`])
    const watcher = await enter(cleo)
    const typing = () => desk.send({ t: 'relay', stream, type: 'typing', body: { on: true } })
    typing()
    assert.equal((await watcher.next('relay')).from, ben)
    await as(app, ada)[how]({ id: roomId, userId: ben })
    const ended = await desk.next('unsubscribed', frame => frame.stream === stream)
    assert.equal(ended.code, 'chat.not-a-member')
    await desk.next('unsubscribed', frame => frame.stream === receipts)
    await desk.next('event', ({ type }) => type === 'room-removed')
    typing()
    assert.equal((await desk.next('err', ({ ref }) => ref === 'relay')).code, 'not-found')
    const said = await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'at last alone' })
    await as(app, ada).markRead({ roomId, seq: said.seq })
    desk.send({ t: 'sub', streams: { [stream]: null } })
    assert.equal((await desk.next('err', ({ ref }) => ref === stream)).code, 'chat.not-a-member')
    await assert.rejects(sender(desk, stream)('message', { body: 'wait' }), { code: 'chat.not-a-member' })
    desk.send({ t: 'ping', n: 1 })
    await desk.next('pong')
    assert.deepEqual(
      [...desk.frames, ...watcher.frames].filter(({ t: kind }) => kind === 'relay'),
      [],
    )
    assert.ok(!desk.frames.some(({ t: kind }) => kind === 'event'))
  })
}

test('deleting a room ends its streams for all members, and its log cannot be read any more', async t => {
  const { app, roomId, stream, enter } = await openRoom(t)
  const [phone, desk] = [await enter(ada), await enter(ben, [stream, `chat:receipts:${roomId}`])]
  await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'secret plan' })
  await as(app, ada).deleteRoom({ id: roomId })
  for (const peer of [phone, desk]) {
    assert.equal((await peer.next('unsubscribed', frame => frame.stream === stream)).code, 'not-found')
  }
  await desk.next('unsubscribed', ({ stream: name }) => name === `chat:receipts:${roomId}`)
  const left = await app.db('chat').sql`select body from stream_events where stream = ${stream}`
  assert.doesNotMatch(JSON.stringify(left), /secret/)
})

test('the inbox announces new rooms and mentions to its owner only', async t => {
  const { app, roomId, enter, url } = await openRoom(t)
  const inbox = `chat:inbox:${cleo}`
  const phone = await enter(cleo, [inbox])
  await as(app, ada).addMember({ id: roomId, userId: cleo })
  assert.deepEqual((await phone.next('event', ({ type }) => type === 'room-added')).body, { roomId })
  const said = await as(app, ben).sendMessage({ roomId, cmid: cmid(), body: `hello <@${cleo}>` })
  const mention = await phone.next('event', ({ type }) => type === 'mention')
  assert.deepEqual([mention.body, mention.from], [{ roomId, messageId: said.id }, ben])
  const other = await signIn(t, url, app.as(ada))
  other.send({ t: 'sub', streams: { [inbox]: null } })
  assert.equal((await other.next('err', ({ ref }) => ref === inbox)).code, 'not-found')
})
