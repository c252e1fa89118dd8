/** Streams in one process: subscribing, sending, resuming, leaving. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { newId } from '@octet/db'
import { listen, type Peer, signIn, type Test, type TestApp, testApp } from '@octet/testkit'
import { roomsModule } from './rooms.ts'

const stream = 'rooms:room:one'

async function open(t: Test) {
  const app = await testApp(t, { modules: [roomsModule] })
  return { app, url: await listen(app) }
}

/** A member of room `one`, signed in over the socket. */
async function member(t: Test, app: TestApp, url: string, device?: string) {
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  const peer = await signIn(t, url, app.as(userId), device)
  return { userId, peer }
}

async function subscribed(peer: Peer, position: { epoch: string; seq: number } | null = null) {
  peer.send({ t: 'sub', streams: { [stream]: position } })
  return peer.next('subscribed')
}

function post(peer: Peer, csn: number, text: string, cmid = newId()) {
  peer.send({ t: 'send', stream, cmid, csn, type: 'post', body: { text } })
  return cmid
}

test('an event reaches every subscriber once, with the sender that the server authenticated', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url, 'phone')
  const ben = await member(t, app, url)
  await subscribed(anna.peer)
  await subscribed(ben.peer)
  const cmid = post(anna.peer, 1, 'hello')
  assert.deepEqual((await anna.peer.next('sent')).output, { seq: 1 })
  for (const { peer } of [anna, ben]) {
    const event = await peer.next('event')
    assert.equal(event.seq, 1)
    assert.equal(event.from, anna.userId)
    assert.equal(event.cmid, cmid)
    assert.deepEqual(event.body, { text: 'hello' })
  }
  post(anna.peer, 2, 'again', cmid)
  const err = await anna.peer.next('err')
  assert.equal(err.code, 'idempotency-key-reused')
  post(anna.peer, 1, 'hello', cmid)
  assert.deepEqual((await anna.peer.next('sent')).output, { seq: 1 })
  assert.equal(ben.peer.frames.filter(frame => frame.t === 'event').length, 0)
})

test('a resumed subscription replays from its position and then goes live', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url, 'phone')
  const { epoch } = await subscribed(anna.peer)
  assert.equal(epoch, '')
  for (let n = 1; n <= 450; n++) {
    post(anna.peer, n, `text ${n}`)
    await anna.peer.next('sent')
  }
  const ben = await member(t, app, url)
  const { head, epoch: now } = await subscribed(ben.peer, { epoch: '', seq: 0 })
  assert.equal(head, 450)
  assert.notEqual(now, '')
  const seqs: number[] = []
  while (seqs.length < 450) {
    const { list } = await ben.peer.next('events')
    seqs.push(...list.map(event => event.seq))
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: 450 }, (_, index) => index + 1),
  )
  post(anna.peer, 451, 'live')
  assert.equal((await ben.peer.next('event')).seq, 451)
  const again = await member(t, app, url)
  again.peer.send({ t: 'sub', streams: { [stream]: { epoch: 'other', seq: 3 } } })
  const reset = await again.peer.next('reset')
  assert.deepEqual([reset.reason, reset.seq], ['epoch', 451])
})

test('a subscriber from before the first event can read from the beginning without a reset', async t => {
  const { app, url } = await open(t)
  const ben = await member(t, app, url)
  const { epoch: none } = await subscribed(ben.peer)
  assert.equal(none, '')
  const anna = await member(t, app, url, 'phone')
  for (let n = 1; n <= 3; n++) post(anna.peer, n, `${n}`)
  const { epoch } = await ben.peer.next('event')
  ben.peer.send({ t: 'sync', rid: 'r', stream, epoch: none, after: 0 })
  const page = await ben.peer.next('events', ({ rid }) => rid === 'r')
  assert.equal(page.epoch, epoch)
  assert.equal(page.list[0]?.seq, 1)
  ben.peer.send({ t: 'sync', rid: 'other', stream, epoch: none, after: 1 })
  assert.equal((await ben.peer.next('reset')).rid, 'other')
})
