/** Visitors: what is read of them, how they are told apart for a day, how many there were. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { referrerHost } from '../src/referrer.ts'
import { addVisitors, countVisitors } from '../src/sketch.ts'
import { createUserAgents } from '../src/user-agent.ts'
import { readVisit } from '../src/visit.ts'
import { createVisitorHashes, createVisitorSalts, visitorHash, visitorLot } from '../src/visitor-salts.ts'

const someVisitors = (count: number) => Array.from({ length: count }, () => randomBytes(9).toString('base64url'))

test('up to 256 visitors are counted exactly, however often each comes and in whatever portions', () => {
  const visitors = someVisitors(256)
  let sketch: Buffer | null = null
  for (let at = 0; at < visitors.length; at += 50) sketch = addVisitors(sketch, visitors.slice(at, at + 70))
  sketch = addVisitors(sketch, visitors)
  assert.equal(countVisitors(sketch), 256)
})

test('many visitors are counted within four standard errors, and the order of batches does not matter', () => {
  for (const count of [257, 1_000, 5_000, 20_000, 100_000]) {
    const visitors = someVisitors(count)
    const sketch = addVisitors(addVisitors(null, visitors), visitors.slice(0, 500))
    const error = Math.abs(countVisitors(sketch) - count) / count
    assert.ok(error < 4 * 0.0163, `${count}: off by ${error}`)
    const other = addVisitors(addVisitors(null, visitors.slice(100)), visitors.slice(0, 100))
    assert.ok(count === 257 || Buffer.compare(sketch, other) === 0)
    assert.equal(sketch.length, 4_097)
  }
})

test('a remembered visitor hash is the one that would be computed, and changes with the salt', () => {
  const hashOf = createVisitorHashes()
  for (const salt of ['monday', 'tuesday']) {
    for (const agent of ['Firefox', 'curl', 'x'.repeat(500)]) {
      for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) {
        assert.equal(hashOf(salt, address, agent), visitorHash(salt, address, agent))
      }
    }
  }
})

const dayMs = 86_400_000

test('a visitor is the same all day and another one tomorrow, and midnight waits for no salt', async () => {
  const asked: string[] = []
  const salts = createVisitorSalts({
    saltOf: async day => {
      asked.push(day)
      return `salt of ${day}`
    },
    onFailure: error => assert.fail(String(error)),
  })
  const morning = Date.parse('2026-03-01T08:00:00Z')
  const hashAt = (ms: number) => salts.hashOf(ms, '192.0.2.1', 'Firefox')
  assert.equal(hashAt(morning), '', 'the salt is not there yet')
  await salts.load(morning)
  const today = hashAt(morning)
  assert.match(today, /^[\w-]{12}$/)
  assert.equal(hashAt(morning + 15 * 3_600_000), today)
  const tomorrow = hashAt(morning + dayMs)
  assert.notEqual(tomorrow, today)
  assert.deepEqual(asked.slice(0, 2), ['2026-03-01', '2026-03-02'])
  await new Promise(resolve => setImmediate(resolve))
  assert.ok(asked.includes('2026-03-03'), 'the salt of the day after is fetched a day ahead')
})

test('visits go on while the salt cannot be loaded, and loading is tried again after five seconds', async () => {
  let failures = 0
  let isDown = true
  const salts = createVisitorSalts({
    saltOf: async () => {
      if (isDown) throw new Error('no database')
      return 'salt'
    },
    onFailure: () => failures++,
  })
  await salts.load(0)
  await salts.load(1_000)
  assert.deepEqual([failures, salts.hashOf(2_000, '192.0.2.1', 'x')], [1, ''])
  isDown = false
  await salts.load(6_000)
  assert.notEqual(salts.hashOf(6_000, '192.0.2.1', 'x'), '')
})

test('user agents are told apart into people, tools, crawlers and previews', () => {
  const read = createUserAgents(userAgent => userAgent)
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
  const ipad =
    'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1'
  assert.deepEqual(read(chrome), { kind: 'human', device: 'desktop', system: 'Windows', browser: 'Chrome' })
  assert.deepEqual([read(ipad).device, read(ipad).system], ['tablet', 'iOS'])
  assert.deepEqual(read('curl/8.5.0'), { kind: 'human', device: 'other', system: 'other', browser: 'tool' })
  assert.equal(read('Googlebot/2.1 (+http://www.google.com/bot.html)').kind, 'crawler')
  assert.equal(read('Slackbot-LinkExpanding 1.0').kind, 'preview')
  assert.deepEqual(read(''), { kind: 'human', device: 'other', system: 'other', browser: 'other' })
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), text => {
      const { browser } = read(text)
      assert.match(browser, /^[\w .+-]{1,30}$/)
    }),
  )
})

test('values derived from a user agent are computed once', () => {
  let derived = 0
  const read = createUserAgents(({ browser }) => ({ browser, number: ++derived }))
  assert.deepEqual([read('curl/8').number, read('curl/8').number, read(`curl/${'8'.repeat(900)}`).number], [1, 1, 2])
  assert.equal(read(`curl/${'8'.repeat(800)}`).number, 2, 'only the first 400 characters count')
})

test('the headers of a visit are found in any case, and prefetching browsers are recognised', () => {
  const visit = (...rawHeaders: string[]) => readVisit({ rawHeaders })
  const plain = visit('HOST', 'x', 'User-Agent', 'Firefox', 'REFERER', 'https://example.org/a')
  assert.deepEqual(plain, { userAgentText: 'Firefox', referrer: 'https://example.org/a', isPrefetch: false })
  for (const [name, value] of [
    ['Sec-Purpose', 'prefetch;prerender'],
    ['Purpose', 'prefetch'],
    ['X-Moz', 'prefetch'],
    ['x-purpose', 'preview'],
  ] as const) {
    assert.equal(visit(name, value).isPrefetch, name !== 'x-purpose', name)
  }
})

test('only the host of a referrer is kept', () => {
  assert.equal(referrerHost('https://www.News.example/a?b=secret'), 'news.example')
  assert.equal(referrerHost('http://example.org:8080#x'), 'example.org')
  for (const other of ['', 'android-app://com.example', 'https://user@example.org/', 'javascript:1']) {
    assert.equal(referrerHost(other), '')
  }
})

test('lots are fair and always the same for one visitor and subject', () => {
  const lots = Array.from({ length: 2_000 }, (_, n) => visitorLot('link', `192.0.2.${n}`, 'Firefox'))
  assert.equal(visitorLot('link', '192.0.2.7', 'Firefox'), lots[7])
  const share = lots.filter(lot => lot < 2 ** 31).length / lots.length
  assert.ok(share > 0.42 && share < 0.58, `${share} of them are in the lower half`)
})
