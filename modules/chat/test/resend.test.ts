/** A message that is sent again: over the socket, over REST, in another process, before and after the first attempt. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerFrame } from '@octet/contracts'
import type { Message } from '@octet/contracts/chat'
import { openPool } from '@octet/db'
import { defer, listen, type Peer, signIn, type Test, type TestApp } from '@octet/testkit'
import { ada, as, ben, cmid, openChat } from './people.ts'

async function openRoom(t: Test) {
  const app = await openChat(t)
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: roomId })
  return { app, roomId, stream: `chat:room:${roomId}` }
}

interface Send {
  readonly stream: string
  readonly csn: number
  readonly cmid: string
  readonly body: string
}

/** Sends a message and returns the answer. */
function say(peer: Peer, { body, ...send }: Send): Promise<Message> {
  const answered = Promise.withResolvers<Message>()
  const receive = (data: unknown) => {
    const frame = JSON.parse(String(data)) as ServerFrame
    if (frame.t === 'sent' && frame.cmid === send.cmid) answered.resolve(frame.output as Message)
    else if (frame.t === 'err' && frame.ref === send.cmid) answered.reject(frame)
    else return
    peer.socket.off('message', receive)
  }
  peer.socket.on('message', receive)
  peer.send({ t: 'send', ...send, type: 'message', body: { body } })
  return answered.promise
}

function keysOf(app: TestApp, key: string) {
  return app.db('chat').sql`select from idempotency_keys where key = ${key}`
}

test('a repeated send gets the message as it is now, over the socket and over REST, and has one row', async t => {
  const { app, roomId, stream } = await openRoom(t)
  const phone = await signIn(t, await listen(app), app.as(ada), 'phone')
  const send = { stream, csn: 1, cmid: cmid(), body: 'tea?' }
  const mine = as(app, ada)
  const twin = (more: object = {}, idempotencyKey = 'key-1') =>
    mine.sendMessage({ roomId, cmid: send.cmid, body: send.body, ...more }, { idempotencyKey })
  const said = await say(phone, send)
  assert.deepEqual(await say(phone, send), said)
  assert.deepEqual(await twin(), said)
  await as(app, ben).react({ roomId, messageId: said.id, emoji: '☕', on: true })
  const liked = await as(app, ben).getMessage({ roomId, messageId: said.id })
  assert.equal(liked.reactions.length, 1)
  assert.deepEqual([await say(phone, send), await twin()], [liked, liked])
  await mine.deleteMessage({ roomId, messageId: said.id })
  for (const again of [await say(phone, send), await twin(), await twin({}, 'key-2')]) {
    assert.deepEqual([again.id, again.body, again.reactions], [said.id, '', []])
    assert.notEqual(again.deletedAt, null)
  }
  await assert.rejects(twin({ body: 'coffee?' }, 'key-3'), { code: 'chat.cmid-reused' })
  await assert.rejects(twin({ cmid: cmid() }), { code: 'idempotency-key-reused' })
  assert.equal((await keysOf(app, send.cmid)).length, 0)
  const { data } = await mine.listMessages({ roomId })
  assert.deepEqual(
    data.map(({ id }) => id),
    [said.id],
  )
})

test('an author who was removed learns that a message was sent, and nothing that others have added', async t => {
  const { app, roomId, stream } = await openRoom(t)
  const phone = await signIn(t, await listen(app), app.as(ben), 'phone')
  const send = { stream, csn: 1, cmid: cmid(), body: 'bye' }
  const said = await say(phone, send)
  await as(app, ada).react({ roomId, messageId: said.id, emoji: '👋', on: true })
  await as(app, ada).sendMessage({ roomId, cmid: cmid(), body: 'bye', threadId: said.id })
  await as(app, ada).pinMessage({ roomId, messageId: said.id, on: true })
  await as(app, ada).removeMember({ id: roomId, userId: ben })
  assert.deepEqual(await say(phone, send), said)
  assert.deepEqual(await as(app, ben).sendMessage({ roomId, cmid: send.cmid, body: 'bye' }), said)
  await assert.rejects(say(phone, { ...send, csn: 2, cmid: cmid() }), { code: 'chat.not-a-member' })
})

/** Keeps the room locked, so that sends wait in their transactions until `release`. */
async function lockRoom(t: Test, app: TestApp, roomId: string) {
  const pool = openPool(app.databaseUrl, { connectionsMax: 2 })
  defer(t, () => pool.end())
  const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = pool.begin(async sql => {
    await sql`select from chat.rooms where id = ${roomId} for update`
    locked.resolve()
    await released.promise
  })
  await locked.promise
  return {
    /** The backend that waits for the room. */
    async waiting(): Promise<number> {
      const deadline = AbortSignal.timeout(60_000)
      for (;;) {
        const [row] = await pool<{ pid: number }[]>`
          select pid from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%from rooms%'`
        if (row !== undefined) return row.pid
        assert.ok(!deadline.aborted, 'a send waits for the room')
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    },
    terminate: async (pid: number) => void (await pool`select pg_terminate_backend(${pid})`),
    async release() {
      released.resolve()
      await holding
    },
  }
}

test('a repeat during the first attempt is refused at once in every process, and later has one effect', async t => {
  const { app, roomId, stream } = await openRoom(t)
  const other = await openChat(t, { sharing: app })
  const urls = [await listen(app), await listen(other)]
  const open = (index: number) => signIn(t, urls[index] ?? '', app.as(ada), 'phone')
  const [first, sameProcess, otherProcess] = [await open(0), await open(0), await open(1)]
  const early = { code: 'idempotency-in-flight', retryMs: 1_000 }

  const rolledBack = { stream, csn: 1, cmid: cmid(), body: 'one' }
  const lost = await lockRoom(t, app, roomId)
  const torn = assert.rejects(say(first, rolledBack), { code: 'unavailable' })
  const backend = await lost.waiting()
  for (const peer of [sameProcess, otherProcess]) await assert.rejects(say(peer, rolledBack), early)
  await lost.terminate(backend)
  await torn
  await lost.release()
  const one = await say(otherProcess, rolledBack)

  const committed = { stream, csn: 2, cmid: cmid(), body: 'two' }
  const kept = await lockRoom(t, app, roomId)
  const answer = say(first, committed)
  await kept.waiting()
  for (const peer of [sameProcess, otherProcess]) await assert.rejects(say(peer, committed), early)
  await kept.release()
  const two = await answer
  for (const peer of [sameProcess, otherProcess]) assert.deepEqual(await say(peer, committed), two)

  const { data } = await as(other, ben).listMessages({ roomId })
  assert.deepEqual(
    data.map(({ id, body }) => [id, body]),
    [
      [one.id, 'one'],
      [two.id, 'two'],
    ],
  )
  const three = await say(otherProcess, { stream, csn: 3, cmid: cmid(), body: 'three' })
  assert.equal(three.seq, two.seq + 1)
})
