import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCache, createLimiter } from '../src/index.ts'

/** A source whose answers the test releases one by one. */
function slowSource() {
  const waiting: { resolve: (value: string) => void; reject: (error: Error) => void }[] = []
  return {
    load: () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })),
    answer: (value: string) => waiting.shift()?.resolve(value),
    fail: () => waiting.shift()?.reject(new Error('down')),
    get loads() {
      return waiting.length
    },
  }
}

test('readers of one key share one load', async () => {
  const source = slowSource()
  const cache = createCache({ entriesMax: 10, ttlMs: 100, load: source.load, now: () => 0 })
  const readers = [cache.get('a'), cache.get('a'), cache.get('a')]
  assert.equal(source.loads, 1)
  source.answer('x')
  assert.deepEqual(await Promise.all(readers), ['x', 'x', 'x'])
  assert.deepEqual(cache.stats, { hits: 0, loads: 1, shared: 2 })
})

test('a hot entry still expires: reading does not prolong it', async () => {
  let nowMs = 0
  let version = 1
  const cache = createCache({ entriesMax: 10, ttlMs: 100, load: async () => `v${version}`, now: () => nowMs })
  assert.equal(await cache.get('a'), 'v1')
  version = 2
  for (nowMs = 10; nowMs < 100; nowMs += 10) assert.equal(cache.peek('a'), 'v1')
  assert.equal(cache.peek('a'), undefined)
  assert.equal(await cache.get('a'), 'v2')
})

test("an entry's age counts from the start of its load, so a slow load cannot hide an edit for longer", async () => {
  let nowMs = 0
  const source = slowSource()
  const cache = createCache({ entriesMax: 10, ttlMs: 100, load: source.load, now: () => nowMs })
  const reader = cache.get('a')
  nowMs = 90
  source.answer('old')
  await reader
  nowMs = 100
  assert.equal(cache.peek('a'), undefined)
})

test('a value deleted while it loads reaches its readers but is not kept', async () => {
  const source = slowSource()
  const cache = createCache({ entriesMax: 10, ttlMs: 100, load: source.load, now: () => 0 })
  const reader = cache.get('a')
  cache.delete('a')
  const later = cache.get('a')
  assert.equal(source.loads, 2)
  source.answer('before the edit')
  source.answer('after the edit')
  assert.equal(await reader, 'before the edit')
  assert.equal(await later, 'after the edit')
  assert.equal(cache.peek('a'), 'after the edit')
})

test('while the source is away an old value is served for a bounded time, and errors are not kept', async () => {
  let nowMs = 0
  const source = slowSource()
  const cache = createCache({ entriesMax: 10, ttlMs: 100, staleIfErrorMs: 1_000, load: source.load, now: () => nowMs })
  const ask = (outcome: () => void) => {
    const reader = cache.get('a')
    outcome()
    return reader
  }
  await ask(() => source.answer('x'))
  nowMs = 1_099
  assert.equal(await ask(() => source.fail()), 'x')
  nowMs = 1_100
  await assert.rejects(
    ask(() => source.fail()),
    /down/,
  )
  assert.equal(await ask(() => source.answer('y')), 'y')
})

test('the cache never holds more than its bound', async () => {
  const cache = createCache({ entriesMax: 3, ttlMs: 100, load: async key => key, now: () => 0 })
  for (const key of ['a', 'b', 'c', 'd']) await cache.get(key)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map(key => cache.peek(key)),
    [undefined, 'b', 'c', 'd'],
  )
})

test('a limiter allows max at once, then one per share of the window, and reports when', () => {
  let nowMs = 0
  const limiter = createLimiter(() => nowMs)
  for (let left = 9; left >= 0; left--) assert.equal(limiter.take('a', 10, 1_000).remaining, left)
  assert.deepEqual(limiter.take('a', 10, 1_000), { allowed: false, limit: 10, remaining: 0, resetMs: 100 })
  assert.equal(limiter.take('b', 10, 1_000).allowed, true, 'keys do not share')
  nowMs = 99
  assert.equal(limiter.take('a', 10, 1_000).allowed, false)
  nowMs = 100
  assert.equal(limiter.take('a', 10, 1_000).allowed, true)
  assert.equal(limiter.take('a', 10, 1_000).allowed, false)
})

test('no request pattern gets more than max plus the refill through in any window', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (pauses, max) => {
      let nowMs = 0
      const limiter = createLimiter(() => nowMs)
      const passed: number[] = []
      for (const pauseMs of pauses) {
        nowMs += pauseMs
        if (limiter.take('a', max, 1_000).allowed) passed.push(nowMs)
      }
      for (const startMs of passed) {
        const inWindow = passed.filter(atMs => atMs >= startMs && atMs < startMs + 1_000)
        assert.ok(inWindow.length <= 2 * max, `${inWindow.length} of ${max}`)
      }
    }),
  )
})

test('a full limiter drops the longest idle key first', () => {
  const limiter = createLimiter(() => 0, 2)
  limiter.take('a', 1, 1_000)
  limiter.take('b', 1, 1_000)
  limiter.take('c', 1, 1_000)
  assert.equal(limiter.take('c', 1, 1_000).allowed, false)
  assert.equal(limiter.take('a', 1, 1_000).allowed, true)
})
