/** Unauthorized, slow and malicious clients: the server refuses them, and their neighbours notice nothing. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ClientFrame } from '@octet/contracts'
import { newId } from '@octet/db'
import { listen, openPeer, type Peer, signIn, type Test, type TestApp, testApp } from '@octet/testkit'
import { roomsModule } from './rooms.ts'

const stream = 'rooms:room:one'

async function open(t: Test, limitsScale?: number) {
  const app = await testApp(t, { modules: [roomsModule], limitsScale })
  return { app, url: await listen(app) }
}

async function member(t: Test, app: TestApp, url: string, device?: string) {
  const userId = newId()
  await app.db('rooms').sql`insert into members (room, user_id) values ('one', ${userId})`
  const peer = await signIn(t, url, app.as(userId), device)
  peer.send({ t: 'sub', streams: { [stream]: null } })
  await peer.next('subscribed')
  return { userId, peer }
}

function post(peer: Peer, csn: number, text: string) {
  peer.send({ t: 'send', stream, cmid: newId(), csn, type: 'post', body: { text } })
}

function raw(peer: Peer, data: string | Buffer) {
  peer.socket.send(data)
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}

/** Appends events of `sizeChars` each, `perTransaction` at a time. */
async function appendMany(app: TestApp, transactions: number, perTransaction: number, sizeChars: number) {
  const text = 'x'.repeat(sizeChars)
  for (let n = 0; n < transactions; n++) {
    await app.db('rooms').transaction('fill', async tx => {
      for (let index = 0; index < perTransaction; index++) {
        await tx.append('room', 'one', { type: 'posted', body: { text } })
      }
    })
  }
}

test('a removed member receives neither the removal nor later events; the others receive both', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url, 'phone')
  const ben = await member(t, app, url)
  const cleo = await member(t, app, url)
  post(anna.peer, 1, 'before')
  await ben.peer.next('event')
  // In quick succession, so that the last event may overtake the recheck of Ben's rights.
  anna.peer.send({ t: 'send', stream, cmid: newId(), type: 'kick', body: { userId: ben.userId } })
  post(anna.peer, 2, 'after')
  assert.equal((await ben.peer.next('unsubscribed')).code, 'not-found')
  const heard = [await cleo.peer.next('event'), await cleo.peer.next('event'), await cleo.peer.next('event')]
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['posted', 'kicked', 'posted'],
  )
  ben.peer.send({ t: 'ping', n: 1 })
  await ben.peer.next('pong')
  assert.deepEqual(
    ben.peer.frames.filter(({ t }) => t === 'event' || t === 'events' || t === 'heads'),
    [],
  )
  ben.peer.send({ t: 'sync', rid: 'r', stream, epoch: heard[0]?.epoch ?? '', after: 0 })
  assert.equal((await ben.peer.next('err')).code, 'not-found')
  ben.peer.send({ t: 'sub', streams: { [stream]: { epoch: heard[0]?.epoch ?? '', seq: 1 } } })
  assert.equal((await ben.peer.next('err')).code, 'not-found')
  ben.peer.send({ t: 'relay', stream, type: 'typing', body: { on: true } })
  assert.equal((await ben.peer.next('err')).ref, 'relay')
})

test('malformed frames get an error, harmful ones close the connection, and others receive every event', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url, 'phone')
  const ben = await member(t, app, url)
  const { peer } = await member(t, app, url, 'tablet')
  const wrong: readonly [string, string][] = [
    ['{', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['"x"', 'malformed'],
    ['', 'malformed'],
    ['{"t":"nonsense"}', 'unknown-frame'],
    ['{"t":"toString"}', 'unknown-frame'],
    ['{"t":"__proto__"}', 'unknown-frame'],
    ['{"t":["sub"]}', 'unknown-frame'],
    ['{"t":"hello","v":1}', 'validation-failed'],
    ['{"t":"sub","streams":{"no name":null}}', 'validation-failed'],
    [`{"t":"sub","streams":{"${stream}:more":null}}`, 'validation-failed'],
    ['{"t":"sub","streams":{"rooms:room:one":{"epoch":"","seq":-1}}}', 'validation-failed'],
    ['{"t":"ping","n":"1"}', 'validation-failed'],
    ['{"t":"sync","rid":"1","stream":"rooms:room:one","epoch":"","after":0,"limit":100000}', 'validation-failed'],
    [
      `{"t":"send","cmid":"c1","stream":"${stream}","type":"post","body":{},"from":"${ben.userId}"}`,
      'validation-failed',
    ],
    [`{"t":"send","cmid":"c2","csn":1,"stream":"${stream}","type":"post","body":{"text":1}}`, 'validation-failed'],
    [`{"t":"send","cmid":"c3","csn":2,"stream":"${stream}","type":"constructor","body":{}}`, 'not-found'],
    [`{"t":"send","cmid":"c4","stream":"rooms:nothing:one","type":"post","body":{}}`, 'not-found'],
    [`{"t":"send","cmid":"c5","stream":"__proto__:room:one","type":"post","body":{}}`, 'validation-failed'],
    [`{"t":"send","cmid":"c6","stream":"${stream}","type":"post","body":{"text":"no number"}}`, 'validation-failed'],
    [`{"t":"sub","streams":{"rooms:room:two":null}}`, 'not-found'],
    [`{"t":"sub","streams":{"rooms:constructor:two":null}}`, 'not-found'],
    [`{"t":"relay","stream":"${stream}","type":"typing","body":{"on":1}}`, 'validation-failed'],
    [`{"t":"relay","stream":"${stream}","type":"valueOf","body":{}}`, 'validation-failed'],
  ]
  for (const [text, code] of wrong) {
    raw(peer, text)
    assert.equal((await peer.next('err')).code, code, text)
  }
  const ends: readonly [string, (bad: Peer) => void, number][] = [
    ['binary', bad => raw(bad, Buffer.from('{}')), 1003],
    ['1 MB', bad => raw(bad, `{"t":"ping","n":1,"x":"${'x'.repeat(1024 * 1024)}"}`), 1009],
    ['not UTF-8', bad => bad.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false }), 1007],
  ]
  for (const [what, act, code] of ends) {
    const bad = await member(t, app, url)
    act(bad.peer)
    const closed = await bad.peer.closed
    assert.ok(closed === code || closed === 1006, `${what}: ${closed}`)
  }
  for (let n = 1; n <= 5; n++) post(anna.peer, n, `${n}`)
  for (let n = 1; n <= 5; n++) assert.equal((await ben.peer.next('event')).seq, n)
  assert.equal((await peer.next('event')).from, anna.userId)
})

test('before hello, any other frame, an oversized frame or a hasty frame closes the connection', async t => {
  const { app, url } = await open(t)
  const token = app.as(newId())
  const hello: ClientFrame = { t: 'hello', v: 1, token }
  for (const [what, frames, code] of [
    ['a ping', ['{"t":"ping","n":1}'], 4400],
    ['no JSON', ['x'], 4400],
    ['another version', [JSON.stringify({ ...hello, v: 99 })], 4400],
    ['large', [JSON.stringify({ ...hello, device: 'x'.repeat(5_000) })], 4400],
    ['twice', [JSON.stringify(hello), '{"t":"ping","n":1}'], undefined],
    ['nobody', ['{"t":"hello","v":1}'], 4401],
    ['a stranger', [JSON.stringify({ ...hello, token: 'nonsense' })], 4401],
  ] as const) {
    const peer = await openPeer(t, url)
    for (const frame of frames) raw(peer, frame)
    const end = await Promise.race([peer.closed, peer.next('pong').then(() => undefined)])
    if (code !== undefined) assert.equal(end, code, what)
  }
})

test('a flood gets a retry time and is then disconnected; other users keep their allowance', async t => {
  const { app, url } = await open(t, 1)
  const anna = await member(t, app, url)
  const ben = await member(t, app, url)
  for (let n = 0; n < 500; n++) anna.peer.send({ t: 'ping', n })
  assert.equal(await anna.peer.closed, 4429)
  const refused = anna.peer.frames.filter(frame => frame.t === 'err' && frame.code === 'rate-limited')
  assert.ok(refused.length > 0 && refused.every(frame => frame.t === 'err' && (frame.retryMs ?? 0) > 0))
  for (let n = 0; n < 20; n++) ben.peer.send({ t: 'relay', stream, type: 'typing', body: { on: true } })
  assert.equal((await ben.peer.next('err')).code, 'rate-limited')
  ben.peer.send({ t: 'ping', n: 7 })
  assert.equal((await ben.peer.next('pong')).n, 7)
})

test('relays and ephemeral events reach only current subscribers with the scope', async t => {
  const { app, url } = await open(t)
  const anna = await member(t, app, url)
  const ben = await member(t, app, url)
  anna.peer.send({ t: 'relay', stream, type: 'typing', body: { on: true } })
  assert.deepEqual(await ben.peer.next('relay'), {
    t: 'relay',
    stream,
    type: 'typing',
    body: { on: true },
    from: anna.userId,
  })
  const bell = 'rooms:bell:door'
  ben.peer.send({ t: 'sub', streams: { [bell]: null } })
  assert.equal((await ben.peer.next('subscribed')).ephemeral, true)
  const ring = async (count: number) => {
    const { contract } = roomsModule
    const { status } = await app.request(contract, 'ring', { room: 'door', count }, { token: app.as(anna.userId) })
    assert.ok(status < 300)
  }
  await ring(1)
  assert.deepEqual((await ben.peer.next('relay')).body, { count: 1 })
  ben.peer.send({ t: 'unsub', streams: [bell] })
  ben.peer.send({ t: 'ping', n: 1 })
  await ben.peer.next('pong')
  await ring(2)
  ben.peer.send({ t: 'ping', n: 2 })
  await ben.peer.next('pong', ({ n }) => n === 2)
  assert.deepEqual(
    [...ben.peer.frames, ...anna.peer.frames].filter(frame => frame.t === 'relay'),
    [],
  )
  const narrow = await signIn(t, url, app.as(anna.userId, { scopes: ['rooms:write'] }))
  narrow.send({ t: 'sub', streams: { [bell]: null } })
  assert.equal((await narrow.next('err')).code, 'forbidden')
})

test('sync reads the log in pages, and a position in another log is a reset', async t => {
  const { app, url } = await open(t)
  await appendMany(app, 1, 120, 1)
  const { peer } = await member(t, app, url)
  peer.send({ t: 'sub', streams: { [stream]: null } })
  const { epoch, head } = await peer.next('subscribed')
  assert.equal(head, 120)
  const seqs: number[] = []
  for (let after = 0, more = true; more; ) {
    peer.send({ t: 'sync', rid: `r${after}`, stream, epoch, after, limit: 50 })
    const page = await peer.next('events', ({ rid }) => rid === `r${after}`)
    seqs.push(...page.list.map(({ seq }) => seq))
    more = page.more === true
    after = seqs.at(-1) ?? 0
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: 120 }, (_, index) => index + 1),
  )
  peer.send({ t: 'sync', rid: 'other', stream, epoch: 'other', after: 1 })
  const reset = await peer.next('reset')
  assert.deepEqual([reset.rid, reset.epoch, reset.seq], ['other', epoch, 120])
  peer.send({ t: 'sync', rid: 'x', stream: 'rooms:room:two', epoch, after: 1 })
  assert.equal((await peer.next('err')).code, 'not-found')
})

test('a stalled reader costs bounded memory and later gets everything in order', async t => {
  const { app, url } = await open(t)
  const readers = [await member(t, app, url), await member(t, app, url), await member(t, app, url)]
  const quick = await member(t, app, url)
  for (const { peer } of readers) peer.socket.pause()
  const before = heldBytes()
  // 24 MB, framed once for all of them: more than the kernel buffers.
  await appendMany(app, 60, 100, 4_000)
  await quick.peer.next('event', ({ seq }) => seq === 6_000)
  const heldMb = (heldBytes() - before) / 1024 / 1024
  assert.ok(heldMb < 8, `${heldMb} MB are held for stalled readers`)
  for (const { peer } of readers) peer.socket.resume()
  for (const { peer } of readers) {
    const seqs: number[] = []
    while (seqs.at(-1) !== 6_000) {
      const frame = peer.frames.shift()
      if (frame?.t === 'event') seqs.push(frame.seq)
      else if (frame?.t === 'events') seqs.push(...frame.list.map(({ seq }) => seq))
      else if (frame === undefined && peer.socket.readyState === peer.socket.CLOSED) break
      else if (frame === undefined) await new Promise(resolve => setTimeout(resolve, 10))
    }
    assert.deepEqual(
      seqs,
      // On a busy machine the reader may stall for ten seconds and be disconnected; then it has the beginning.
      Array.from({ length: peer.socket.readyState === peer.socket.CLOSED ? seqs.length : 6_000 }, (_, i) => i + 1),
    )
  }
})

test('sync answers are cut like a replay: large events do not make one large frame', async t => {
  const { app, url } = await open(t)
  await appendMany(app, 1, 40, 30_000)
  const { peer } = await member(t, app, url)
  peer.send({ t: 'ping', n: 1 })
  const { heads } = await peer.next('heads')
  assert.deepEqual(heads, { [stream]: 40 })
  const [{ epoch } = { epoch: '' }] = await app.db('rooms').sql<{ epoch: string }[]>`select epoch from streams`
  const seqs: number[] = []
  let frames = 0
  for (let more = true; more; frames++) {
    peer.send({ t: 'sync', rid: `r${frames}`, stream, epoch, after: seqs.at(-1) ?? 0 })
    const page = await peer.next('events', ({ rid }) => rid === `r${frames}`)
    assert.ok(JSON.stringify(page).length < 130_000, 'about 64 KB, plus the event that exceeds it')
    seqs.push(...page.list.map(({ seq }) => seq))
    more = page.more === true
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: 40 }, (_, index) => index + 1),
  )
  assert.ok(frames >= 10)
})

test('a user who loses the right to a stream receives nothing more, also without a log', async t => {
  const { app, url } = await open(t)
  const { userId, peer } = await member(t, app, url)
  const bell = 'rooms:bell:door'
  peer.send({ t: 'sub', streams: { [bell]: null } })
  await peer.next('subscribed', frame => frame.stream === bell)
  peer.send({ t: 'auth', token: app.as(userId, { scopes: ['rooms:write'] }) })
  for (const name of [stream, bell]) {
    assert.equal((await peer.next('unsubscribed', frame => frame.stream === name)).code, 'forbidden')
  }
})

test('subscribing to many streams repeatedly is a flood too', async t => {
  const { app, url } = await open(t, 1)
  const { peer } = await member(t, app, url)
  const streams = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`rooms:bell:${n}`, null]))
  for (let n = 0; n < 40; n++) peer.send({ t: 'sub', streams })
  assert.equal((await peer.next('err', ({ ref }) => ref === 'sub')).code, 'rate-limited')
})
