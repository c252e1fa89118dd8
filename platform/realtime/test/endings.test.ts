/** Connections that the server ends: the token expires, or the process stops. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { type Credential, commonProblem, type SessionWatch } from '@octet/contracts'
import { newId } from '@octet/db'
import type { AnyModule } from '@octet/kernel'
import { createRealtimeClient } from '@octet/realtime-client'
import { defer, listen, signIn, testApp } from '@octet/testkit'
import { WebSocket } from 'ws'
import { rooms, roomsModule } from './rooms.ts'

const stream = 'rooms:room:one'

async function until(fits: () => boolean, what: string): Promise<void> {
  const deadline = AbortSignal.timeout(20_000)
  while (!fits()) {
    if (deadline.aborted) throw new Error(`timed out: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

test('the server asks for a new token before the old one expires, and closes within a second without one', async t => {
  // A test token is a user and an expiry: `user 1760000000000`.
  const userOf = (credential: Credential) => (credential.kind === 'bearer' ? credential.token.split(' ') : ['', '0'])
  const watch: SessionWatch = {
    expiresAtMs: credential => Number(userOf(credential)[1]),
    onRevoked: () => () => undefined,
    silentMs: () => 0,
    close: () => undefined,
  }
  const module: AnyModule = {
    ...roomsModule,
    authenticate: () => credential => {
      const [userId = '', expiresAtMs] = userOf(credential)
      if (Number(expiresAtMs) <= app.nowMs) throw commonProblem('unauthenticated')
      return { kind: 'user', userId, sessionId: userId, roles: ['user'], scopes: '*', provenAtMs: app.nowMs }
    },
    watchSessions: () => watch,
  }
  const app = await testApp(t, { modules: [module] })
  const url = await listen(app)
  const enter = async () => {
    const userId = newId()
    await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
    const peer = await signIn(t, url, `${userId} ${app.nowMs + 60_000}`)
    peer.send({ t: 'sub', streams: { [stream]: null } })
    await peer.next('subscribed')
    return { userId, peer }
  }
  const [renewing, forgetful] = [await enter(), await enter()]
  app.nowMs += 35_000
  for (const { peer } of [renewing, forgetful]) assert.ok((await peer.next('reauth')).inMs <= 25_000)
  renewing.peer.send({ t: 'auth', token: `${renewing.userId} ${app.nowMs + 3_600_000}` })
  assert.equal((await renewing.peer.next('authed')).expiresInMs, 3_600_000)
  app.nowMs += 25_000
  const endedMs = performance.now()
  assert.equal(await forgetful.peer.closed, 4401)
  t.diagnostic(`${Math.round(performance.now() - endedMs)} ms`)
  await app.db('rooms').transaction('post', tx => tx.append('room', 'one', { type: 'posted', body: { text: 'x' } }))
  assert.equal((await renewing.peer.next('event')).seq, 1)
  assert.deepEqual(
    forgetful.peer.frames.filter(frame => frame.t === 'event'),
    [],
  )
  renewing.peer.send({ t: 'auth', token: `${newId()} ${app.nowMs + 3_600_000}` })
  assert.equal(await renewing.peer.closed, 4401, 'a connection stays with its user')
})

test('a planned restart waits for running sends, spreads reconnects and loses no sends', async t => {
  const first = await testApp(t, { modules: [roomsModule] })
  const second = await testApp(t, { modules: [roomsModule], sharing: first })
  const urls = [await listen(first), await listen(second)]
  const userId = newId()
  await first.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  const watchers = [await signIn(t, urls[0] ?? '', first.as(userId)), await signIn(t, urls[0] ?? '', first.as(userId))]
  let connections = 0
  const client = createRealtimeClient({
    url: () => urls[Math.min(connections++, 1)] ?? '',
    token: () => first.as(userId),
    openSocket: url => new WebSocket(url),
  })
  defer(t, async () => client.close())
  const heard: string[] = []
  const room = client.stream(rooms, 'room', 'one')
  room.follow({
    from: { epoch: '', seq: 0 },
    on: event => event.type === 'posted' && heard.push(event.body.text),
  })
  client.connect()
  await until(() => client.state.get().kind === 'open', 'open')
  const said = Array.from({ length: 60 }, (_, index) => `${index}`)
  const sent: Promise<unknown>[] = []
  let closing: Promise<void> | undefined
  for (const [index, text] of said.entries()) {
    sent.push(room.send('post', { text }).sent)
    if (index === 20) closing = first.runtime.close(4_000)
    if (index % 5 === 0) await new Promise(resolve => setTimeout(resolve, 10))
  }
  const pauses: number[] = []
  for (const peer of watchers) {
    pauses.push((await peer.next('drain')).retryMs)
    assert.equal(await peer.closed, 1001)
  }
  assert.ok(pauses.every(pauseMs => pauseMs >= 0 && pauseMs <= 5_000) && pauses[0] !== pauses[1], `${pauses}`)
  await closing
  await Promise.all(sent)
  await until(() => heard.length >= said.length, 'every event arrived')
  assert.deepEqual(heard, said)
  assert.equal(connections, 2)
})
