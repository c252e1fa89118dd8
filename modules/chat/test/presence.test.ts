/** Who is there, told to those who look and share a room, and only of those who do not mind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { listen, type Peer, signIn, type Test } from '@octet/testkit'
import { ada, as, ben, cleo, openChat, runJob } from './people.ts'

async function open(t: Test) {
  const app = await openChat(t)
  const url = await listen(app)
  const { id: roomId } = await as(app, ada).createRoom({ name: 'Kitchen' })
  await as(app, ben).joinRoom({ id: roomId })
  const connect = async (userId: string, streams: readonly string[]) => {
    const peer = await signIn(t, url, app.as(userId))
    peer.send({ t: 'sub', streams: Object.fromEntries(streams.map(name => [name, null])) })
    for (const name of streams) await peer.next('subscribed', frame => frame.stream === name)
    return peer
  }
  const watcher = await connect(ada, [`chat:presence:${roomId}`])
  const told = async (peer: Peer, status: string) => {
    const { body } = await peer.next('relay', frame => (frame.body as { status: string }).status === status)
    return body as { userId: string; lastSeenAt: string | null }
  }
  const statusOf = async (userId: string) =>
    (await as(app, ada).listPresence({ roomId })).data.find(each => each.userId === userId)?.status
  return { app, roomId, connect, watcher, told, statusOf }
}

test('somebody comes, falls idle and goes; a reload within the grace is not told', async t => {
  const { app, connect, watcher, told, statusOf } = await open(t)
  const first = await connect(ben, [`chat:inbox:${ben}`])
  assert.equal((await told(watcher, 'online')).userId, ben)
  assert.equal(await statusOf(ben), 'online')
  await as(app, ben).setPresence({ isIdle: true })
  await told(watcher, 'idle')
  await as(app, ben).setPresence({ isIdle: false })
  await told(watcher, 'online')
  first.close()
  await first.closed
  const second = await connect(ben, [`chat:inbox:${ben}`])
  second.close()
  await second.closed
  assert.equal(await statusOf(ben), 'online')
  assert.deepEqual(
    watcher.frames.filter(({ t: kind }) => kind === 'relay'),
    [],
  )
  // The server hears of the closing a moment after the client; then the grace has to be over.
  const timer = setInterval(() => {
    app.nowMs += 21_000
  }, 200)
  t.after(() => clearInterval(timer))
  assert.notEqual((await told(watcher, 'offline')).lastSeenAt, null)
  assert.equal(await statusOf(ben), 'offline')
})

test('whoever hides is offline for everybody, and is told so at once', async t => {
  const { app, connect, watcher, told, statusOf } = await open(t)
  await connect(ben, [`chat:inbox:${ben}`])
  await told(watcher, 'online')
  await as(app, ben).setChatSettings({ showPresence: false })
  assert.equal((await told(watcher, 'offline')).lastSeenAt, null)
  assert.equal(await statusOf(ben), 'offline')
  const until = '2030-01-01T00:00:00.000000Z'
  const settings = await as(app, ben).setChatSettings({ doNotDisturbUntil: until })
  assert.equal(settings.showPresence, false)
  assert.equal(Date.parse(settings.doNotDisturbUntil ?? ''), Date.parse(until))
})

test('presence is for members: others may neither look nor listen, and one put out hears no more', async t => {
  const { app, roomId, connect } = await open(t)
  await assert.rejects(as(app, cleo).listPresence({ roomId }), { code: 'chat.not-a-member' })
  const watcher = await connect(ben, [`chat:presence:${roomId}`])
  await as(app, ada).removeMember({ id: roomId, userId: ben })
  assert.equal((await watcher.next('unsubscribed')).stream, `chat:presence:${roomId}`)
})

test('when a process dies, those who were there through it are gone when its lease ends', async t => {
  const { app, watcher, told, statusOf } = await open(t)
  const node = newId()
  await app.db('chat').sql`insert into presence_nodes values (${node}, clock_timestamp() + interval '1 hour')`
  await app.db('chat').sql`insert into presence values (${ben}, ${node}, false)`
  assert.equal(await statusOf(ben), 'online')
  await app.db('chat').sql`update presence_nodes set expires_at = clock_timestamp() - interval '1 second'`
  assert.equal(await statusOf(ben), 'offline')
  await runJob(app, 'chat.end-dead-leases')
  assert.equal((await told(watcher, 'offline')).userId, ben)
  const left = await app.db('chat').sql`select from presence`
  assert.equal(left.length, 0)
})
