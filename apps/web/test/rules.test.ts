/** The small decisions of the pages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchKeys } from '../src/app/shortcuts.ts'
import { tokenIn } from '../src/features/identity/sign-in/setup-token.ts'
import { isAddress } from '../src/features/links/link-address.ts'
import { bucketsOf, niceMax, sum } from '../src/features/links/statistics/click-days.ts'
import type { Command } from '../src/shared/app-entry.ts'
import { formatRelative, fromZonedInput, toZonedInput, withScheme } from '../src/shared/format.ts'
import { safePath } from '../src/shared/return-path.ts'

test('after signing in, the user never lands on another site', () => {
  assert.equal(safePath('/links?q=a#b'), '/links?q=a#b')
  const hostile = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '//',
    '\t//evil.example',
  ]
  for (const next of [...hostile, undefined]) assert.equal(safePath(next), '/', String(next))
})

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe']

test('a time survives the conversion to an input and back, in any zone and across clock changes', () => {
  const minuteMs = 60_000
  const minutes = fc.integer({ min: Date.UTC(2020, 0) / minuteMs, max: Date.UTC(2035, 0) / minuteMs })
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
      const shown = toZonedInput(new Date(minute * minuteMs).toISOString(), zone)
      const back = fromZonedInput(shown, zone)
      // In the hour that occurs twice the input is ambiguous, but it still shows the same time.
      assert.equal(toZonedInput(back, zone), shown)
    }),
  )
  assert.equal(fromZonedInput('2026-07-01T12:00', 'Europe/Berlin'), '2026-07-01T10:00:00.000Z')
  assert.equal(fromZonedInput('2026-12-01T12:00', 'Europe/Berlin'), '2026-12-01T11:00:00.000Z')
  assert.equal(fromZonedInput('2026-10-25T01:30', 'Europe/Berlin'), '2026-10-24T23:30:00.000Z')
  assert.equal(fromZonedInput('2026-03-08T03:30', 'America/New_York'), '2026-03-08T07:30:00.000Z')
  assert.equal(fromZonedInput('', 'UTC'), null)
  assert.equal(fromZonedInput('soon', 'UTC'), null)
})

test('an address without a scheme gets one, and only web addresses pass', () => {
  assert.equal(withScheme(' example.org/a '), 'https://example.org/a')
  assert.equal(withScheme('localhost:3000/x'), 'https://localhost:3000/x')
  assert.equal(withScheme('http://a.example'), 'http://a.example')
  for (const good of ['example.org', 'http://localhost:3000', 'https://münchen.example/ä'])
    assert.ok(isAddress(good), good)
  for (const bad of ['', 'hello', 'javascript:alert(1)', 'ftp://a.example', 'https://']) assert.ok(!isAddress(bad), bad)
})

const indexOf = (date: string) => Number(date.slice('day '.length))

test('bars keep every click: days up to a quarter, weeks beyond, the last bar ending today', () => {
  const day = fc.record({ clicks: fc.nat(1000), botClicks: fc.nat(1000) })
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 366, size: 'max' }), counts => {
      const days = counts.map((count, index) => ({ ...count, date: `day ${index}` }))
      const buckets = bucketsOf(days)
      assert.equal(sum(buckets, 'clicks'), sum(days, 'clicks'))
      assert.equal(sum(buckets, 'botClicks'), sum(days, 'botClicks'))
      assert.equal(buckets.at(-1)?.to, days.at(-1)?.date)
      assert.ok(buckets.length <= 92)
      const lengths = buckets.map(({ from, to }) => indexOf(to) - indexOf(from) + 1)
      assert.ok(
        lengths.slice(1).every(length => length === (days.length > 92 ? 7 : 1)),
        'only the first bar may be short',
      )
    }),
  )
})

test('the top of the scale fits the highest bar, is at most twice as high, and its half is a whole number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 10_000_000 }), max => {
      const top = niceMax(max)
      assert.ok(top >= max && top <= 2 * max, `${top} for ${max}`)
      assert.ok(Number.isInteger(Math.round((top / 2) * 1e6) / 1e6))
    }),
  )
})

test('a whole key sequence is a command, its beginning waits, and other keys do nothing', () => {
  const command = (id: string, keys: readonly string[]) => ({ id, keys }) as unknown as Command
  const commands = [command('links', ['g', 'l']), command('home', ['g', 'h']), command('create', ['c'])]
  assert.equal(matchKeys(commands, ['c']), commands[2])
  assert.equal(matchKeys(commands, ['g']), 'prefix')
  assert.equal(matchKeys(commands, ['g', 'h']), commands[1])
  assert.equal(matchKeys(commands, ['x']), undefined)
})

test('the set-up token is found in the link, in its fragment and by itself', () => {
  for (const text of ['http://localhost:3000/welcome#t=abc_123-xyz', '#t=abc_123-xyz', ' abc_123-xyz ']) {
    assert.equal(tokenIn(text), 'abc_123-xyz', text)
  }
  for (const text of ['', 'http://localhost:3000/welcome', 'what is this?'])
    assert.equal(tokenIn(text), undefined, text)
})

test('relative times read naturally', () => {
  const nowMs = Date.UTC(2026, 10, 21, 12)
  const at = (ms: number) => formatRelative(new Date(nowMs + ms).toISOString(), nowMs, 'en')
  assert.deepEqual(
    [at(0), at(-59_000), at(-60_000), at(-3 * 3_600_000), at(86_400_000), at(7 * 86_400_000 - 1_000)],
    ['now', 'now', '1 minute ago', '3 hours ago', 'tomorrow', 'next week'],
  )
})
