/** The fast path of the redirect over real sockets: it decides like the ordinary route. */
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { defer, type Test, type TestApp, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const owner = newId()
/** Fastify reports every request it routes here. */
const fastifyHandles = 'tracing:fastify.request.handler:start'
const crawler = 'Googlebot/2.1 (+http://www.google.com/bot.html)'

async function open(t: Test) {
  const app = await testApp(t, { modules: [linksModule] })
  const ordinary: string[] = []
  const record = (message: unknown) => void ordinary.push((message as { request: { url: string } }).request.url)
  subscribe(fastifyHandles, record)
  defer(t, async () => void unsubscribe(fastifyHandles, record))
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`
  const visit = async (code: string, options: RequestInit = {}) => {
    const answer = await fetch(`${origin}/s/${code}`, { redirect: 'manual', ...options })
    await answer.body?.cancel()
    return answer
  }
  return { app, ordinary, visit, mine: app.client(links, { token: app.as(owner) }) }
}

async function statsOf(app: TestApp, id: string, atLeast: number) {
  const mine = app.client(links, { token: app.as(owner) })
  for (let attempt = 0; ; attempt++) {
    const { clicks, botClicks } = await mine.getLinkStats({ id, days: 1 })
    if (clicks + botClicks >= atLeast || attempt === 100) return { clicks, botClicks }
    await delay(20)
  }
}

test('a link known from its first visit is redirected and counted on the fast path', async t => {
  const { app, ordinary, visit, mine } = await open(t)
  const { id, code } = await mine.createLink({ url: 'https://example.org/a?b=c' })
  const first = await visit(code)
  const fast = await visitUntilFast(() => visit(code.toUpperCase()))
  assert.equal(fast.answer.status, 302)
  for (const [name, value] of fast.answer.headers) {
    if (name !== 'date') assert.equal(first.headers.get(name), value, name)
  }
  assert.equal(first.headers.get('referrer-policy'), null, 'the owner of the page behind the link may see referrers')
  await visit(code, { headers: { 'user-agent': crawler } })
  const people = 1 + fast.visits
  assert.deepEqual(await statsOf(app, id, people + 1), { clicks: people, botClicks: 1 })

  /** A link is cached for 0.8 s, which may pass between two visits on a busy machine. */
  async function visitUntilFast(again: () => Promise<Response>) {
    for (let visits = 1; visits <= 50; visits++) {
      const before = ordinary.length
      const answer = await again()
      if (ordinary.length === before) return { answer, visits }
    }
    throw new Error('no visit of a known link took the fast path')
  }
})

test('uncounted visits and limited, protected or expired links take the ordinary route', async t => {
  const { app, ordinary, visit, mine } = await open(t)
  const plain = await mine.createLink({ url: 'https://example.org/plain' })
  const limited = await mine.createLink({ url: 'https://example.org/limited', clicksMax: 3 })
  const secret = await mine.createLink({ url: 'https://example.org/secret', password: 'open sesame' })
  const expiring = await mine.createLink({
    url: 'https://example.org/expiring',
    expiresAt: new Date(app.nowMs + 60_000).toISOString(),
  })
  for (const { code } of [secret, expiring, plain]) await visit(code)
  ordinary.length = 0
  assert.equal((await visit(plain.code, { method: 'HEAD' })).status, 302)
  assert.equal((await visit(plain.code, { headers: { 'sec-purpose': 'prefetch;prerender' } })).status, 302)
  for (const status of [302, 302, 302, 410]) assert.equal((await visit(limited.code)).status, status)
  assert.equal((await visit(secret.code)).status, 401)
  app.nowMs += 60_000
  assert.equal((await visit(expiring.code)).status, 410)
  assert.equal(ordinary.length, 8)
  assert.deepEqual(await statsOf(app, plain.id, 1), { clicks: 1, botClicks: 0 })
})
