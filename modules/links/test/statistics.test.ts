/** Statistics: over time, by visitor properties, and who may read them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type LinkStats, links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { geoDatabase, type Test, type TestApp, testApp } from '@octet/testkit'
import { deleteLinks } from '../src/manage/store.ts'
import { linksModule } from '../src/module.ts'
import { countBatch } from '../src/statistics/count-clicks.ts'

const owner = newId()
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 ' +
  'Mobile/15E148 Safari/604.1'
const slack = 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

const cologne = { country: { iso_code: 'DE' }, city: { names: { en: 'Köln' } } }

async function open(t: Test) {
  const app = await testApp(t, {
    modules: [linksModule],
    settings: { OCTET_GEO_DATABASE: await geoDatabase(t, { '192.0.0.0/8': cologne }) },
  })
  return { app, mine: app.client(links, { token: app.as(owner) }) }
}

async function visit(app: TestApp, code: string, { headers = {}, query = '', address = '10.0.0.1' } = {}) {
  const all = { 'user-agent': chrome, ...headers }
  const answer = await app.http.inject({ url: `/s/${code}${query}`, headers: all, remoteAddress: address })
  assert.ok(answer.statusCode === 302, String(answer.statusCode))
}

/** Polls until all clicks are counted. */
async function counted(ask: () => Promise<LinkStats>, clicks: number): Promise<LinkStats> {
  for (let attempt = 0; ; attempt++) {
    const stats = await ask()
    if (stats.clicks + stats.botClicks >= clicks || attempt === 250) return stats
    await delay(20)
  }
}

const valuesOf = (stats: LinkStats, wanted: string) => {
  const { values = [], otherClicks } = stats.breakdowns.find(({ dimension }) => dimension === wanted) ?? {}
  assert.equal(otherClicks, 0)
  return Object.fromEntries(values.map(({ value, clicks }) => [value, clicks]))
}

test('clicks are broken down by country, city, device, browser, system, referrer and UTM; bots by kind', async t => {
  const { app, mine } = await open(t)
  const { id, code } = await mine.createLink({ url: 'https://example.org/?utm_source=poster' })
  await visit(app, code, { address: '192.0.2.1', headers: { referer: 'https://www.news.example/a?b=secret' } })
  await visit(app, code, { address: '192.0.2.1', headers: { 'user-agent': iphone } })
  await visit(app, code, { query: '?utm_source=mail&utm_medium=e%0amail&utm_campaign=spring' })
  await visit(app, code, { headers: { 'user-agent': 'curl/8.5.0' } })
  await visit(app, code, { headers: { 'user-agent': googlebot, referer: 'https://spam.example/' } })
  await visit(app, code, { headers: { 'user-agent': slack } })
  const stats = await counted(() => mine.getLinkStats({ id }), 6)
  assert.deepEqual([stats.clicks, stats.botClicks], [4, 2])
  assert.deepEqual(valuesOf(stats, 'country'), { DE: 2 })
  assert.deepEqual(valuesOf(stats, 'city'), { Köln: 2 })
  assert.deepEqual(valuesOf(stats, 'device'), { desktop: 2, mobile: 1, other: 1 })
  assert.deepEqual(valuesOf(stats, 'browser'), { Chrome: 2, Safari: 1, tool: 1 })
  assert.deepEqual(valuesOf(stats, 'system'), { Linux: 2, iOS: 1, other: 1 })
  assert.deepEqual(valuesOf(stats, 'referrer'), { 'news.example': 1, '(direct)': 3 })
  assert.deepEqual(valuesOf(stats, 'utmSource'), { poster: 3, mail: 1 })
  assert.deepEqual(valuesOf(stats, 'utmMedium'), { 'e mail': 1 })
  assert.deepEqual(valuesOf(stats, 'utmCampaign'), { spring: 1 })
  assert.deepEqual(
    new Map(stats.bots.map(({ kind, clicks }) => [kind, clicks])),
    new Map([
      ['crawler', 1],
      ['preview', 1],
    ]),
  )
})

test('the variant of a split test and the matching rule are counted', async t => {
  const { app, mine } = await open(t)
  const { id, code } = await mine.createLink({ url: 'https://example.org/' })
  const url = 'https://example.org/x'
  await mine.setLinkRouting({
    id,
    rules: [{ name: 'phones', when: { devices: ['mobile'] }, url }],
    variants: [
      { name: 'blue', url, weight: 1 },
      { name: 'green', url, weight: 1 },
    ],
  })
  for (let visitor = 0; visitor < 20; visitor++) await visit(app, code, { address: `10.1.0.${visitor}` })
  await visit(app, code, { headers: { 'user-agent': iphone } })
  const { phones, blue = 0, green = 0 } = valuesOf(await counted(() => mine.getLinkStats({ id }), 21), 'variant')
  assert.deepEqual([phones, blue + green], [1, 20])
})

test("a visitor counts once a day over two processes; the day's salt is deleted first, the hashes later", async t => {
  const { app, mine } = await open(t)
  const other = await testApp(t, { modules: [linksModule], sharing: app })
  const { id, code } = await mine.createLink({ url: 'https://example.org/' })
  const day1Ms = Date.parse('2026-03-10T12:00:00Z')
  for (const [day, addresses] of [['10.0.0.1', '10.0.0.2'], ['10.0.0.1']].entries()) {
    app.nowMs = day1Ms + day * 86_400_000
    other.nowMs = app.nowMs
    for (const address of addresses) {
      await visit(app, code, { address })
      await visit(other, code, { address })
    }
  }
  const stats = await counted(() => mine.getLinkStats({ id }), 6)
  assert.deepEqual(stats.uniqueVisitors.days, [
    { date: '2026-03-10', visitors: 2 },
    { date: '2026-03-11', visitors: 1 },
  ])
  assert.equal(stats.uniqueVisitors.sum, 3)
  const db = app.db('links')
  const hashes = async () => (await db.sql`select sketch from click_days where sketch is not null`).length
  const salts = async () => (await db.sql`select day::text from visitor_salts order by day`).map(({ day }) => day)
  const { forgetVisitors } = await import('../src/statistics/forget-visitors.ts')
  const forget = () => forgetVisitors({ db, now: () => app.nowMs } as never)
  await forget()
  assert.deepEqual([await hashes(), await salts()], [2, ['2026-03-11', '2026-03-12']])
  app.nowMs += 3 * 86_400_000
  await forget()
  assert.deepEqual([await hashes(), await salts()], [0, []])
  assert.equal((await mine.getLinkStats({ id, days: 7 })).uniqueVisitors.sum, 3, 'the numbers stay')
})

test('neither database nor journal nor log holds an address, a user agent or a full referrer', async t => {
  const { app, mine } = await open(t)
  const { id, code } = await mine.createLink({ url: 'https://example.org/' })
  const canary = 'Canary7d1f'
  await visit(app, code, {
    address: '198.51.100.77',
    headers: { 'user-agent': `${chrome} ${canary}`, referer: `https://example.net/${canary}?who=${canary}` },
  })
  await counted(() => mine.getLinkStats({ id }), 1)
  const { sql } = app.db('links')
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'links'`
  assert.ok(tables.length > 6)
  for (const { name } of tables) {
    const rows = JSON.stringify(await sql`select row_to_json(t) from ${sql(name)} t`)
    assert.doesNotMatch(rows, /198\.51\.100\.77|Canary7d1f/, name)
  }
  const { readFile, readdir } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const dir = join(app.dataDir, 'modules', 'links', 'clicks')
  const segments = (await readdir(dir)).filter(name => name.endsWith('.segment'))
  const bytes = Buffer.concat(await Promise.all(segments.map(name => readFile(join(dir, name))))).toString('latin1')
  assert.match(bytes, new RegExp(id), 'the click is in the journal')
  assert.doesNotMatch(bytes + app.logLines.join('\n'), /198\.51\.100\.77|Canary7d1f/)
})

test('series by hour, day and week follow the time zone; the hour that occurs twice counts as two', async t => {
  const { app, mine } = await open(t)
  const { id, code } = await mine.createLink({ url: 'https://example.org/' })
  // Berlin: 2026-10-25 02:00–03:00 happens twice, at 00:00Z and at 01:00Z.
  for (const time of ['2026-10-19T10:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T22:30:00Z']) {
    app.nowMs = Date.parse(time)
    await visit(app, code)
  }
  const timeZone = 'Europe/Berlin'
  await counted(() => mine.getLinkStats({ id }), 4)
  const withClicks = async (interval: 'hour' | 'day' | 'week', days: number) => {
    const { series } = await mine.getLinkStats({ id, days, timeZone, interval })
    return series.filter(({ clicks }) => clicks > 0).map(({ start, clicks }) => `${start.slice(0, 16)}Z ${clicks}`)
  }
  assert.deepEqual(await withClicks('hour', 1), ['2026-10-25T00:00Z 1', '2026-10-25T01:00Z 1', '2026-10-25T22:00Z 1'])
  const { series } = await mine.getLinkStats({ id, days: 1, timeZone, interval: 'hour' })
  assert.equal(series.length, 25, 'of a day of 25 hours')
  assert.deepEqual(await withClicks('day', 7), ['2026-10-18T22:00Z 1', '2026-10-24T22:00Z 3'])
  assert.deepEqual(await withClicks('week', 9), ['2026-10-18T22:00Z 4'])
  await assert.rejects(mine.getLinkStats({ id, days: 32, interval: 'hour' }), { code: 'links.interval-too-fine' })
})

test('the overview sums all links of the account and no others', async t => {
  const { app, mine } = await open(t)
  const stranger = app.client(links, { token: app.as(newId()) })
  const [a, b, theirs] = [
    await mine.createLink({ url: 'https://example.org/a' }),
    await mine.createLink({ url: 'https://example.org/b', title: 'B' }),
    await stranger.createLink({ url: 'https://example.org/c' }),
  ]
  for (const { code } of [a, b, b, theirs, theirs, theirs]) await visit(app, code)
  await visit(app, a.code, { headers: { 'user-agent': googlebot } })
  await counted(() => mine.getLinkStats({ id: a.id }), 2)
  await counted(() => mine.getLinkStats({ id: b.id }), 2)
  const overview = await mine.getLinksOverview({ days: 3 })
  assert.deepEqual([overview.links, overview.clicks, overview.botClicks, overview.clicksEver], [2, 3, 1, 3])
  assert.deepEqual(
    overview.days.map(({ clicks }) => clicks),
    [0, 0, 3],
  )
  assert.deepEqual(
    overview.topLinks.map(({ code, clicks }) => [code, clicks]),
    [
      [b.code, 2],
      [a.code, 1],
    ],
  )
})

test('statistics are public only when the owner allows it, and then without address and owner', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url: 'https://example.org/not-to-be-seen', title: 'Poster' })
  const anyone = app.client(links)
  await visit(app, link.code, { address: '192.0.2.1' })
  await counted(() => mine.getLinkStats({ id: link.id }), 1)
  await assert.rejects(anyone.getPublicStats({ code: link.code }), { code: 'not-found' })
  await assert.rejects(
    app.client(links, { token: app.as(newId()) }).setLinkSharing({ id: link.id, hasPublicStats: true }),
    {
      code: 'not-found',
    },
  )
  await mine.setLinkSharing({ id: link.id, hasPublicStats: true })
  const stats = await anyone.getPublicStats({ code: link.code.toUpperCase(), days: 2 })
  assert.deepEqual([stats.clicks, stats.title, stats.days.length], [1, 'Poster', 2])
  assert.deepEqual(stats.countries, [{ value: 'DE', clicks: 1 }])
  assert.doesNotMatch(JSON.stringify(stats), new RegExp(`not-to-be-seen|${owner}`))
  await mine.setLinkSharing({ id: link.id, hasPublicStats: false })
  await assert.rejects(anyone.getPublicStats({ code: link.code }), { code: 'not-found' })
})

test('a link that is deleted while its clicks are being counted keeps none of them', async t => {
  const { app, mine } = await open(t)
  const { id } = await mine.createLink({ url: 'https://example.org/' })
  const db = app.db('links')
  const [deleted, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const deleting = db.transaction('test.delete', async tx => {
    await deleteLinks(tx, [id], new Date(app.nowMs).toISOString())
    deleted.resolve()
    await commit.promise
  })
  await deleted.promise
  const position = { segment: 1, offset: 0 }
  const records = [Buffer.from(`1 ${app.nowMs} ${id} h`)]
  const batch = { journalId: newId(), from: position, to: { ...position, offset: 1 }, records }
  const counting = countBatch(db as never, batch as never, app.nowMs)
  const waiting = () => db.sql`
    select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  const deadlineMs = performance.now() + 30_000
  while ((await waiting()).length === 0 && performance.now() < deadlineMs) await delay(20)
  assert.notEqual((await waiting()).length, 0, 'the count waits for the delete')
  commit.resolve()
  await Promise.all([deleting, counting])
  for (const table of ['click_counts', 'click_days', 'click_totals']) {
    assert.equal((await db.sql`select 1 from ${db.sql(table)} where link_id = ${id}`).length, 0, table)
  }
})
