/** Presence is shown to members who look, and only for people who share it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@octet/db'
import { listen, type Peer, signIn, type Test } from '@octet/testkit'
import { ada, as, ben, blocks, cleo, openChat, runJob } from './people.ts'

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

test('a person arrives, goes idle and leaves; a reload within the grace period is not published', async t => {
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
  // The server learns about the close shortly after the client; then the grace period must pass.
  const timer = setInterval(() => {
    app.nowMs += 21_000
  }, 200)
  t.after(() => clearInterval(timer))
  assert.notEqual((await told(watcher, 'offline')).lastSeenAt, null)
  assert.equal(await statusOf(ben), 'offline')
})

test('a person who hides appears offline to others immediately', async t => {
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

test('only members can read or follow presence, and a removed member receives nothing more', async t => {
  const { app, roomId, connect } = await open(t)
  await assert.rejects(as(app, cleo).listPresence({ roomId }), { code: 'chat.not-a-member' })
  const watcher = await connect(ben, [`chat:presence:${roomId}`])
  await as(app, ada).removeMember({ id: roomId, userId: ben })
  assert.equal((await watcher.next('unsubscribed')).stream, `chat:presence:${roomId}`)
})

test('when a process dies, its people go offline once its lease expires', async t => {
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

test('typing is published neither for people who hide it nor across a block in a direct conversation', async t => {
  const { app, roomId: kitchen, connect } = await open(t)
  t.after(() => blocks.clear())
  await as(app, cleo).joinRoom({ id: kitchen })
  const { id: two } = await as(app, ada).openDirect({ userIds: [ben] })
  const { id: three } = await as(app, ada).openDirect({ userIds: [ben, cleo] })
  const name = (roomId: string) => `chat:room:${roomId}`
  const all = { two: name(two), three: name(three), kitchen: name(kitchen) }
  const peers = new Map<string, Peer>()
  for (const id of [ada, ben]) peers.set(id, await connect(id, Object.values(all)))
  peers.set(cleo, await connect(cleo, [all.three, all.kitchen]))
  const type = (id: string, stream: string, on: boolean) =>
    peers.get(id)?.send({ t: 'relay', stream, type: 'typing', body: { on } })
  let pings = 0
  /**
   * The rooms in which `listener` sees the speaker typing. With `isHidden` the last room is not awaited, the others
   * are.
   */
  const seen = async (speaker: string, listener: string, { isHidden = false } = {}) => {
    for (const peer of peers.values()) {
      peer.send({ t: 'ping', n: ++pings })
      await peer.next('pong', ({ n }) => n === pings)
      peer.frames.length = 0
    }
    const peer = peers.get(listener) as Peer
    for (const stream of Object.values(all)) type(speaker, stream, true)
    const third = [ada, ben, cleo].find(id => id !== speaker && id !== listener) as string
    for (let others = 0; isHidden && others < 5; others++) {
      type(third, all.kitchen, false)
      await peer.next('relay', frame => frame.from === third)
    }
    const isLast = ({ from, stream }: { from?: string; stream: string }) => from === speaker && stream === all.kitchen
    const heard = isHidden ? [] : [(await peer.next('relay', isLast)).stream]
    for (const frame of peer.frames) if (frame.t === 'relay' && frame.from === speaker) heard.push(frame.stream)
    return Object.entries(all).flatMap(([room, stream]) => (heard.includes(stream) ? [room] : []))
  }
  assert.deepEqual(await seen(ben, ada), ['two', 'three', 'kitchen'])
  blocks.add(`${ada} ${ben}`)
  assert.deepEqual(await seen(ben, ada), ['kitchen'])
  assert.deepEqual(await seen(ada, ben), ['kitchen'])
  assert.deepEqual(await seen(ben, cleo), ['three', 'kitchen'])
  blocks.clear()
  await as(app, ben).setChatSettings({ showTyping: false })
  assert.deepEqual(await seen(ben, ada, { isHidden: true }), [])
  await as(app, ben).setChatSettings({ showTyping: true })
  assert.deepEqual(await seen(ben, ada), ['two', 'three', 'kitchen'])
})

test('concurrent changes of different settings both hold', async t => {
  const { app } = await open(t)
  for (let round = 0; round < 5; round++) {
    const isShown = round % 2 === 1
    const { setChatSettings, getChatSettings } = as(app, ben)
    const changes = [{ showPresence: isShown }, { showReading: isShown }, { showTyping: isShown }]
    await Promise.all(changes.map(change => setChatSettings(change)))
    const { doNotDisturbUntil: _until, ...switches } = await getChatSettings({})
    assert.deepEqual(switches, { showPresence: isShown, showReading: isShown, showTyping: isShown })
  }
})
