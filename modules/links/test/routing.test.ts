/** Routing: rules, split tests, fallback, apps and cards, through the public API. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Link, links, type Routing } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { geoDatabase, type Test, type TestApp, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const owner = newId()
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 ' +
  'Mobile/15E148 Safari/604.1'
const slack = 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
const countries = { '192.0.2.1/32': { country: { iso_code: 'DE' } }, '192.0.2.2/32': { country: { iso_code: 'FR' } } }

async function open(t: Test) {
  const app = await testApp(t, {
    modules: [linksModule],
    settings: { OCTET_APP_SCHEMES: 'myshop', OCTET_GEO_DATABASE: await geoDatabase(t, countries) },
  })
  return { app, mine: app.client(links, { token: app.as(owner) }) }
}

interface Visit {
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly address?: string
  readonly method?: 'GET' | 'HEAD'
}

function visit(app: TestApp, { code }: Link, { headers = {}, query = '', address, method = 'GET' }: Visit = {}) {
  return app.http.inject({
    method,
    url: `/s/${code}${query}`,
    headers: { 'user-agent': chrome, ...headers },
    ...(address === undefined ? {} : { remoteAddress: address }),
  })
}

const whereTo = async (app: TestApp, link: Link, how?: Visit) => (await visit(app, link, how)).headers.location

test('the first matching rule decides, by country, device, system, language, query and date', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/else' })
  const hourMs = 3_600_000
  const time = (ms: number) => new Date(app.nowMs + ms).toISOString()
  const to = (name: string) => `https://example.org/${name}`
  const routing = await mine.setLinkRouting({
    id: link.id,
    rules: [
      { when: { from: time(hourMs), until: time(2 * hourMs) }, url: to('sale') },
      { when: { query: [{ name: 'ref', value: 'mail' }, { name: 'x' }] }, url: to('mail') },
      { when: { countries: ['DE', 'AT'], languages: ['de'] }, url: to('german') },
      { when: { countries: ['DE'] }, url: to('germany') },
      { when: { devices: ['mobile'], systems: ['iOS'] }, url: to('iphone') },
      { when: { languages: ['pt-BR'] }, url: to('brazil') },
    ],
  })
  assert.equal(routing.version, 2)
  assert.equal((await mine.getLink({ id: link.id })).hasRouting, true)
  assert.equal(await whereTo(app, link), to('else'))
  assert.equal(await whereTo(app, link, { address: '192.0.2.1' }), to('germany'))
  const austrian = { 'accept-language': 'fr;q=0.5, de-AT, en;q=0.9' }
  assert.equal(await whereTo(app, link, { address: '192.0.2.1', headers: austrian }), to('german'))
  assert.equal(await whereTo(app, link, { address: '192.0.2.2', headers: austrian }), to('else'))
  assert.equal(await whereTo(app, link, { headers: { 'user-agent': iphone } }), to('iphone'))
  assert.equal(await whereTo(app, link, { headers: { 'accept-language': 'pt' } }), to('else'))
  assert.equal(await whereTo(app, link, { headers: { 'accept-language': 'pt-BR' } }), to('brazil'))
  assert.equal(await whereTo(app, link, { query: '?ref=mail&x=' }), to('mail'))
  assert.equal(await whereTo(app, link, { query: '?ref=mail' }), to('else'))
  app.nowMs += hourMs
  assert.equal(await whereTo(app, link, { query: '?ref=mail&x=1' }), to('sale'))
  app.nowMs += hourMs
  assert.equal(await whereTo(app, link), to('else'), 'until is over at that very moment')
  await mine.setLinkRouting({ id: link.id })
  assert.equal((await mine.getLink({ id: link.id })).hasRouting, false)
  assert.equal(await whereTo(app, link, { address: '192.0.2.1' }), to('else'))
})

test('a split test divides by weight, and each visitor keeps their variant', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/own' })
  const variants = [
    { name: 'blue', url: 'https://example.org/blue', weight: 3 },
    { name: 'green', url: 'https://example.org/green', weight: 1 },
  ]
  await mine.setLinkRouting({ id: link.id, variants })
  const addresses = Array.from({ length: 400 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
  const seen = await Promise.all(addresses.map(address => whereTo(app, link, { address })))
  const blue = seen.filter(location => location === variants[0]?.url).length
  assert.equal(blue + seen.filter(location => location === variants[1]?.url).length, 400)
  // 300 expected, standard deviation 8.7: six of them are practically never exceeded.
  assert.ok(blue > 245 && blue < 355, `${blue} of 400 on the side that three of four should see`)
  app.nowMs += 3 * 86_400_000
  const later = await Promise.all(addresses.slice(0, 50).map(address => whereTo(app, link, { address })))
  assert.deepEqual(later, seen.slice(0, 50))
})

test('addresses in rules must pass the checks of a link; invalid rules are reported with their position', async t => {
  const { mine } = await open(t)
  const { id } = await mine.createLink({ url: 'https://example.org/' })
  const url = 'https://example.org/x'
  const refused: [Partial<Routing>, string, string][] = [
    [{ rules: [{ when: { countries: ['DE'] }, url: 'javascript:alert(1)' }] }, 'links.url-not-allowed', '/rules/0/url'],
    [{ fallbackUrl: 'http://localhost:3000/s/abc' }, 'links.url-not-allowed', '/fallbackUrl'],
    [{ fallbackUrl: '' }, 'links.url-not-allowed', '/fallbackUrl'],
    [{ preview: { title: 'x', imageUrl: 'data:image/png;base64,AA' } }, 'links.url-not-allowed', '/preview/imageUrl'],
    [{ appUrl: 'javascript:alert(1)' }, 'links.url-not-allowed', '/appUrl'],
    [{ appUrl: 'JaVaScRiPt:alert(1)' }, 'links.url-not-allowed', '/appUrl'],
    [{ appUrl: 'data:text/html,x' }, 'links.url-not-allowed', '/appUrl'],
    [{ appUrl: 'https://example.org' }, 'links.url-not-allowed', '/appUrl'],
    [{ appUrl: 'unheard-of:1' }, 'links.url-not-allowed', '/appUrl'],
    [{ appUrl: 'spotify:a b' }, 'links.url-not-allowed', '/appUrl'],
    [{ rules: [{ when: {}, url }] }, 'links.routing-not-valid', '/rules/0/when'],
    [{ variants: [{ name: 'a', url, weight: 1 }] }, 'links.routing-not-valid', '/variants'],
    [
      {
        variants: [
          { name: 'a', url, weight: 1 },
          { name: 'a', url, weight: 1 },
        ],
      },
      'links.routing-not-valid',
      '/variants',
    ],
  ]
  for (const [routing, code, path] of refused) {
    await assert.rejects(
      mine.setLinkRouting({ id, ...routing }),
      (error: { code: string; errors?: { path: string }[] }) => {
        assert.deepEqual([error.code, error.errors?.[0]?.path], [code, path], JSON.stringify(routing))
        return true
      },
    )
  }
  assert.equal((await mine.getLinkRouting({ id })).version, 1, 'nothing was changed')
  await assert.rejects(mine.setLinkRouting({ id, appUrl: 'myshop:1' }, { ifMatch: 7 }), { code: 'version-mismatch' })
})

test("rules of another account's link can be neither read nor set", async t => {
  const { app, mine } = await open(t)
  const { id } = await mine.createLink({ url: 'https://example.org/' })
  const stranger = app.client(links, { token: app.as(newId()) })
  await assert.rejects(stranger.getLinkRouting({ id }), { code: 'not-found' })
  await assert.rejects(stranger.setLinkRouting({ id, fallbackUrl: 'https://evil.example/' }), { code: 'not-found' })
})

test('after expiry or the last click visitors go to the fallback address, and no click is counted', async t => {
  const { app, mine } = await open(t)
  const fallbackUrl = 'https://example.org/sorry'
  const expiring = await mine.createLink({
    url: 'https://example.org/',
    expiresAt: new Date(app.nowMs + 60_000).toISOString(),
  })
  const limited = await mine.createLink({ url: 'https://example.org/', clicksMax: 1 })
  for (const { id } of [expiring, limited]) await mine.setLinkRouting({ id, fallbackUrl })
  assert.equal(await whereTo(app, limited), 'https://example.org/')
  for (let again = 0; again < 3; again++) assert.equal(await whereTo(app, limited), fallbackUrl)
  assert.equal(await whereTo(app, expiring), 'https://example.org/')
  app.nowMs += 60_000
  assert.equal(await whereTo(app, expiring), fallbackUrl)
  const [row] = await app.db('links').sql`select clicks_used from links where id = ${limited.id}`
  assert.equal(row?.clicks_used, 1)
})

test('an app link gives browsers a page that tries the app, and programs the web address', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/album?a=1&b="2"' })
  await mine.setLinkRouting({ id: link.id, appUrl: 'myshop://album/1?x="><script>alert(1)</script>' })
  const page = await visit(app, link, { headers: { accept: 'text/html' } })
  assert.equal(page.statusCode, 200)
  assert.match(page.body, /href="myshop:\/\/album\/1\?x=&#34;&#62;&#60;script&#62;/)
  assert.equal(page.body.match(/<script>/g)?.length, 1)
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*script-src 'sha256-[\w+/=]{44}'$/)
  const answer = await visit(app, link)
  assert.equal(answer.statusCode, 302)
  assert.match(String(answer.headers.location), /^https:\/\/example\.org\/album/)
})

test('chats get the escaped card; people and crawlers are redirected', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/page' })
  const title = '</title><script>alert("1")</script>'
  const preview = { title, description: 'It\'s "good" & <b>cheap</b>', imageUrl: 'https://example.org/i.png?a=1&b=2' }
  await mine.setLinkRouting({ id: link.id, preview })
  const card = await visit(app, link, { headers: { 'user-agent': slack } })
  assert.equal(card.statusCode, 200)
  assert.doesNotMatch(card.body, /<script|<b>/)
  assert.match(card.body, /property="og:title" content="&#60;\/title&#62;&#60;script/)
  assert.match(card.body, /property="og:image" content="https:\/\/example\.org\/i\.png\?a=1&#38;b=2"/)
  assert.match(card.body, new RegExp(`property="og:url" content="http://localhost:3000/s/${link.code}"`))
  assert.equal((await visit(app, link)).statusCode, 302)
  assert.equal((await visit(app, link, { headers: { 'user-agent': googlebot } })).statusCode, 302)
})

test('unfurling a one-click link does not consume its click, nor does a crawler', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/once', clicksMax: 1 })
  for (const agent of [slack, googlebot]) {
    const card = await visit(app, link, { headers: { 'user-agent': agent } })
    assert.deepEqual([card.statusCode, card.headers.location], [200, undefined])
    assert.doesNotMatch(card.body, /once/)
  }
  assert.equal((await visit(app, link)).statusCode, 302)
  assert.equal((await visit(app, link)).statusCode, 410)
})
