import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { type TestApp, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const owner = newId()
const browser = 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'

function visit(app: TestApp, code: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  return app.http.inject({ method, url: `/s/${code}`, headers: { 'user-agent': browser, ...headers } })
}

/** Waits until the journal has been counted up to `clicks`. */
async function clicksOf(app: TestApp, id: string, clicks: number) {
  const mine = app.client(links, { token: app.as(owner) })
  for (let attempt = 0; ; attempt++) {
    const stats = await mine.getLinkStats({ id, days: 2 })
    // Total and days are two statements, and clicks may be counted in between: the next reading has both.
    if (stats.clicks + stats.botClicks >= clicks || attempt === 100) return mine.getLinkStats({ id, days: 2 })
    await delay(20)
  }
}

test('visits are counted, crawlers are counted separately, prefetches are not counted', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const link = await app.client(links, { token: app.as(owner) }).createLink({ url: 'https://example.org/a?b=c' })
  const answer = await visit(app, link.code.toUpperCase())
  assert.equal(answer.statusCode, 302)
  assert.equal(answer.headers.location, 'https://example.org/a?b=c')
  assert.match(String(answer.headers['cache-control']), /private, max-age=0/)
  await visit(app, link.code)
  await visit(app, link.code, { 'user-agent': 'curl/8.5.0' })
  await app.http.inject({ url: `/s/${link.code}`, headers: { 'user-agent': '' } })
  await visit(app, link.code, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
  await visit(app, link.code, {}, 'HEAD')
  await visit(app, link.code, { 'sec-purpose': 'prefetch;prerender' })
  const stats = await clicksOf(app, link.id, 5)
  assert.deepEqual([stats.clicks, stats.botClicks], [4, 1])
  assert.deepEqual(
    stats.days.map(({ clicks, botClicks }) => [clicks, botClicks]),
    [
      [0, 0],
      [4, 1],
    ],
  )
})

test('days follow the requested time zone', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const mine = app.client(links, { token: app.as(owner) })
  app.nowMs = Date.parse('2026-03-10T23:50:00Z')
  const link = await mine.createLink({ url: 'https://example.org/' })
  await visit(app, link.code)
  await clicksOf(app, link.id, 1)
  const days = async (timeZone: string) => (await mine.getLinkStats({ id: link.id, days: 1, timeZone })).days
  assert.deepEqual(await days('UTC'), [{ date: '2026-03-10', clicks: 1, botClicks: 0 }])
  assert.deepEqual(await days('Asia/Kathmandu'), [{ date: '2026-03-11', clicks: 1, botClicks: 0 }])
  await assert.rejects(mine.getLinkStats({ id: link.id, timeZone: 'Moon/Base' }), { code: 'links.time-zone-unknown' })
  await assert.rejects(mine.getLinkStats({ id: link.id, timeZone: '+02:00' }), { code: 'links.time-zone-unknown' })
})

test('a link stops at its expiry and is announced once', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const mine = app.client(links, { token: app.as(owner) })
  const expiresAt = new Date(app.nowMs + 60_000).toISOString()
  const link = await mine.createLink({ url: 'https://example.org/', expiresAt })
  assert.equal((await visit(app, link.code)).statusCode, 302)
  app.nowMs += 60_000
  assert.equal((await visit(app, link.code)).statusCode, 410)
  const page = await visit(app, link.code, { accept: 'text/html' })
  assert.match(page.body, /has expired/)
  const renewed = await mine.updateLink({ id: link.id, expiresAt: null })
  assert.equal(renewed.expiresAt, null)
  assert.equal((await visit(app, link.code)).statusCode, 302)
})

test('a limit of 20 clicks admits exactly 20 of 100 concurrent visits over two processes', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const other = await testApp(t, { modules: [linksModule], sharing: app })
  const link = await app
    .client(links, { token: app.as(owner) })
    .createLink({ url: 'https://example.org/', clicksMax: 20 })
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => visit(index % 2 === 0 ? app : other, link.code)),
  )
  const statuses = answers.map(({ statusCode }) => statusCode)
  assert.equal(statuses.filter(status => status === 302).length, 20)
  assert.equal(statuses.filter(status => status === 410).length, 80)
  const events = await app.db('links').sql`select 1 from outbox where event = 'link-expired'`
  assert.equal(events.length, 1)
})

test('HEAD, prefetch and link previews never reveal the target of a click-limited link', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const mine = app.client(links, { token: app.as(owner) })
  const link = await mine.createLink({ url: 'https://example.org/once', clicksMax: 1 })
  const looks = [
    await visit(app, link.code, {}, 'HEAD'),
    await visit(app, link.code, { 'sec-purpose': 'prefetch' }),
    await visit(app, link.code, { 'user-agent': 'Slackbot-LinkExpanding 1.0' }),
  ]
  for (const { statusCode, headers, body } of looks) {
    assert.equal(statusCode, 200)
    assert.equal(headers.location, undefined)
    assert.doesNotMatch(body, /example\.org\/once/)
  }
  assert.equal((await visit(app, link.code)).headers.location, 'https://example.org/once', 'its click is still there')
  assert.equal((await visit(app, link.code)).statusCode, 410)
})

test('another process serves an edited destination within a second', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const other = await testApp(t, { modules: [linksModule], sharing: app })
  const mine = app.client(links, { token: app.as(owner) })
  const link = await mine.createLink({ url: 'https://example.org/old' })
  assert.equal((await visit(other, link.code)).headers.location, 'https://example.org/old')
  await mine.updateLink({ id: link.id, url: 'https://example.org/new' })
  assert.equal((await visit(app, link.code)).headers.location, 'https://example.org/new', 'at once where it was edited')
  assert.equal((await visit(other, link.code)).headers.location, 'https://example.org/old', 'the window exists')
  // The cache runs on real time. Frequent visits keep the entry in use, which must not extend its life.
  const deadlineMs = Date.now() + 1_000
  let location: unknown
  while (location !== 'https://example.org/new' && Date.now() < deadlineMs) {
    location = (await visit(other, link.code)).headers.location
    await delay(10)
  }
  assert.equal(location, 'https://example.org/new')
})

test('a code that was requested before it existed works at once after creation', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  assert.equal((await visit(app, 'early-bird')).statusCode, 404)
  await app.client(links, { token: app.as(owner) }).createLink({ url: 'https://example.org/', alias: 'early-bird' })
  assert.equal((await visit(app, 'early-bird')).statusCode, 302)
})

test('for an unknown code browsers get a page and programs a problem', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const page = await visit(app, 'nowhere', { accept: 'text/html,*/*' })
  assert.equal(page.statusCode, 404)
  assert.match(String(page.headers['content-type']), /text\/html/)
  const problem = await visit(app, 'nowhere')
  assert.match(String(problem.headers['content-type']), /application\/problem\+json/)
  assert.equal(problem.json().code, 'not-found')
})

test('guessing codes is rate-limited, following links is not', async t => {
  const app = await testApp(t, { modules: [linksModule], limitsScale: 1 })
  const link = await app.client(links, { token: app.as(owner) }).createLink({ url: 'https://example.org/' })
  for (let index = 0; index < 300; index++) await visit(app, `guess-${index}`)
  assert.equal((await visit(app, 'one-more')).statusCode, 429)
  assert.equal((await visit(app, link.code)).statusCode, 302)
})

test('the first administrator takes the example links over or deletes them, by one event handled once', async t => {
  const { identity } = await import('@octet/contracts/identity')
  for (const examples of [true, false]) {
    const app = await testApp(t, { modules: [linksModule] })
    const request = {
      actor: { kind: 'service', module: 'links' },
      requestId: newId(),
      deadlineMs: Date.now() + 10_000,
    } as const
    await linksModule.seedDemo?.(app.runtime.host.contextOf('links', request) as never)
    const [subscriber] = app.runtime.host.subscribersOf('identity.owner-created')
    assert.ok(subscriber, identity.name)
    const event = { eventId: newId(), data: { userId: owner, examples } }
    await subscriber.deliver(event)
    const mine = app.client(links, { token: app.as(owner) })
    const listed = await mine.listLinks({})
    assert.equal(listed.data.length > 3, examples)
    if (!examples) continue
    assert.ok(listed.data.every(link => link.isExample && link.recentClicks.length === 14))
    assert.ok(listed.data.some(link => link.clicks > 1_000))
    const stats = await mine.getLinkStats({ id: listed.data[0]?.id ?? '', days: 90 })
    assert.ok(stats.uniqueVisitors.sum > 0 && (stats.breakdowns[0]?.values.length ?? 0) > 3, 'there are visitors')
    assert.deepEqual(await mine.removeExamples({}), { removed: listed.data.length })
    await subscriber.deliver(event)
    assert.deepEqual((await mine.listLinks({})).data, [])
  }
})

test('a protected link asks for its password, opens only for the right one, and counts only then', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const mine = app.client(links, { token: app.as(owner) })
  const secret = 'open sesame'
  const link = await mine.createLink({ url: 'https://example.org/treasure', password: secret, clicksMax: 2 })
  assert.equal(link.hasPassword, true)
  assert.doesNotMatch(JSON.stringify(link), /sesame|argon2/)
  const unlock = (password: string, headers: Record<string, string> = {}) =>
    app.http.inject({
      method: 'POST',
      url: `/s/${link.code}`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': browser,
        accept: 'text/html',
        ...headers,
      },
      payload: new URLSearchParams({ password }).toString(),
    })
  const form = await visit(app, link.code, { accept: 'text/html' })
  assert.deepEqual([form.statusCode, form.headers.location], [200, undefined])
  assert.match(form.body, /<form method="post">/)
  assert.deepEqual([(await visit(app, link.code)).json().code], ['links.password-required'])
  const wrong = await unlock('open barley')
  assert.deepEqual([wrong.statusCode, wrong.headers.location], [403, undefined])
  assert.match(wrong.body, /does not fit/)
  const right = await unlock(secret)
  assert.deepEqual([right.statusCode, right.headers.location], [303, 'https://example.org/treasure'])
  assert.equal((await unlock(secret)).statusCode, 303)
  assert.equal((await unlock(secret)).statusCode, 410, 'two clicks were allowed')
  assert.equal((await clicksOf(app, link.id, 2)).clicks, 2)
  const opened = await mine.updateLink({ id: link.id, password: null, clicksMax: null })
  assert.equal(opened.hasPassword, false)
  assert.equal((await visit(app, link.code)).statusCode, 302)
})

test("guessing a link's password is rate-limited after ten attempts", async t => {
  const app = await testApp(t, { modules: [linksModule], limitsScale: 1 })
  const link = await app
    .client(links, { token: app.as(owner) })
    .createLink({ url: 'https://example.org/', password: 'x' })
  const guess = () =>
    app.http.inject({
      method: 'POST',
      url: `/s/${link.code}`,
      payload: { password: 'guess' },
      headers: { 'user-agent': browser },
    })
  for (let index = 0; index < 10; index++) assert.equal((await guess()).statusCode, 401)
  assert.equal((await guess()).statusCode, 429)
})
