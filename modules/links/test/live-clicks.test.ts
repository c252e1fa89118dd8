/** Live clicks through real sockets of two processes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { listen, type Peer, signIn, type Test, type TestApp, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 ' +
  'Mobile/15E148 Safari/604.1'
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
const owner = newId()

async function open(t: Test) {
  const app = await testApp(t, { modules: [linksModule] })
  const mine = app.client(links, { token: app.as(owner) })
  return { app, url: await listen(app), mine, link: await mine.createLink({ url: 'https://example.org/' }) }
}

async function visit(app: TestApp, code: string, headers: Record<string, string> = {}) {
  const all = { 'user-agent': chrome, ...headers }
  assert.equal((await app.http.inject({ url: `/s/${code}`, headers: all })).statusCode, 302)
}

interface Counted {
  readonly clicks: number
  readonly botClicks?: number
  readonly recent?: readonly { readonly device: string; readonly referrer: string }[]
}

/** The first event with at least this many clicks. */
async function counted(peer: Peer, stream: string, clicks: number): Promise<Counted> {
  const fits = (body: unknown) => (body as Counted).clicks === clicks
  return (await peer.next('relay', frame => frame.stream === stream && fits(frame.body))).body as Counted
}

async function watches(app: TestApp): Promise<number> {
  return (await app.db('links').sql`select from click_watches`).length
}

test('the owner receives clicks whichever process counted them; without subscribers nothing is kept', async t => {
  const { app, url, mine, link } = await open(t)
  const other = await testApp(t, { modules: [linksModule], sharing: app })
  await visit(app, link.code)
  const deadline = performance.now() + 10_000
  while ((await mine.getLink({ id: link.id })).clicks < 1 && performance.now() < deadline) await delay(20)
  assert.equal(await watches(app), 0)
  const stream = `links:clicks:${link.id}`
  const peer = await signIn(t, url, app.as(owner))
  peer.send({ t: 'sub', streams: { [stream]: null } })
  await peer.next('subscribed')
  assert.deepEqual(await counted(peer, stream, 1), {
    clicks: 1,
    botClicks: 0,
    lastClickedAt: new Date(app.nowMs).toISOString(),
    recent: [],
  })
  await visit(app, link.code, { 'user-agent': iphone, referer: 'https://www.news.example/a?b=secret' })
  const second = await counted(peer, stream, 2)
  assert.deepEqual(second.recent, [
    {
      at: new Date(app.nowMs).toISOString(),
      country: '',
      device: 'mobile',
      referrer: 'news.example',
      variant: '',
    },
  ])
  await visit(other, link.code, { 'user-agent': googlebot })
  await visit(other, link.code)
  const third = await counted(peer, stream, 3)
  assert.deepEqual(
    third.recent?.map(({ referrer }) => referrer),
    ['(direct)', 'news.example'],
  )
  assert.equal(third.botClicks, 1)
})

test('a hundred clicks in a second arrive in a few events, and the last event includes them all', async t => {
  const { app, url, link } = await open(t)
  const stream = `links:clicks:${link.id}`
  const peer = await signIn(t, url, app.as(owner))
  peer.send({ t: 'sub', streams: { [stream]: null } })
  await peer.next('relay')
  const startMs = performance.now()
  for (let count = 0; count < 100; count++) await visit(app, link.code)
  const before = peer.frames.length
  const last = await counted(peer, stream, 100)
  assert.equal(last.recent?.length, 10)
  const looks = Math.ceil((performance.now() - startMs) / 250) + 1
  const events = peer.frames.filter(({ t }) => t === 'relay').length + before
  assert.ok(events <= looks + 8, `${events} events in ${looks} looks`)
})

test('others receive totals of links with public statistics, and none once they are private again', async t => {
  const { app, url, mine, link } = await open(t)
  const stranger = await signIn(t, url, app.as(newId()))
  const [owned, shared] = [`links:clicks:${link.id}`, `links:shared-clicks:${link.id}`]
  const refused = async (stream: string) => {
    stranger.send({ t: 'sub', streams: { [stream]: null } })
    assert.equal((await stranger.next('err', frame => frame.ref === stream)).code, 'not-found')
  }
  for (const stream of [owned, shared, 'links:clicks:x', 'links:shared-clicks:x', `links:clicks:${newId()}`]) {
    await refused(stream)
  }
  await mine.setLinkSharing({ id: link.id, hasPublicStats: true })
  await refused(owned)
  stranger.send({ t: 'sub', streams: { [shared]: null } })
  await stranger.next('subscribed')
  await visit(app, link.code)
  assert.deepEqual(Object.keys(await counted(stranger, shared, 1)).sort(), ['clicks', 'lastClickedAt'])
  await mine.setLinkSharing({ id: link.id, hasPublicStats: false })
  await stranger.next('unsubscribed', frame => frame.stream === shared)
})

test('deleting a link ends its stream and deletes what was kept for it', async t => {
  const { app, url, mine, link } = await open(t)
  const stream = `links:clicks:${link.id}`
  const peer = await signIn(t, url, app.as(owner))
  peer.send({ t: 'sub', streams: { [stream]: null } })
  await peer.next('relay')
  assert.equal(await watches(app), 1)
  await mine.deleteLink({ id: link.id })
  await peer.next('unsubscribed', frame => frame.stream === stream)
  assert.equal(await watches(app), 0)
})
