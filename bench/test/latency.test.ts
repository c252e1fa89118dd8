import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { latencyRecorder, median, percentile, schedule } from '../load/latency.ts'

test('a percentile is the smallest value that the share of all values does not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  assert.deepEqual(
    [0, 0.005, 0.5, 0.501, 0.99, 0.999, 1].map(share => percentile(hundred, share)),
    [1, 1, 50, 51, 99, 100, 100],
  )
  assert.equal(percentile([7], 0.5), 7)
  assert.ok(Number.isNaN(percentile([], 0.5)))
})

test('for any values and share, enough lie at or below the percentile and not enough below it', () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1000 }), (list, mille) => {
      const sorted = list.toSorted((a, b) => a - b)
      const found = percentile(sorted, mille / 1000)
      const atOrBelow = list.filter(value => value <= found).length
      const below = list.filter(value => value < found).length
      assert.ok(atOrBelow * 1000 >= mille * list.length)
      assert.ok(below * 1000 < mille * list.length)
    }),
  )
})

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.ok(Number.isNaN(median([])))
})

test('a recorder keeps every value, however many, in whatever order they came', () => {
  const recorder = latencyRecorder()
  const count = 150_000
  for (let index = 0; index < count; index++) recorder.record((index * 7919) % count)
  const summary = recorder.summary()
  assert.deepEqual(summary, {
    count,
    p50Ms: count / 2 - 1,
    p90Ms: count * 0.9 - 1,
    p99Ms: count * 0.99 - 1,
    p999Ms: count * 0.999 - 1,
    maxMs: count - 1,
  })
})

test('a schedule returns each request once, when it is due and not before, at the given rate', () => {
  const due = schedule(1_000, 100)
  assert.equal(due.total, 100)
  const given: number[] = []
  const takeAll = (elapsedMs: number) => {
    for (let index = due.next(elapsedMs); index !== -1; index = due.next(elapsedMs)) given.push(index)
  }
  takeAll(0)
  assert.deepEqual(given, [0])
  takeAll(0.9)
  assert.deepEqual(given, [0])
  takeAll(10.5) // the generator was late: all requests due meanwhile come at once
  assert.equal(given.length, 11)
  assert.equal(due.isExhausted(), false)
  takeAll(1_000)
  assert.deepEqual(
    given,
    Array.from({ length: 100 }, (_, index) => index),
  )
  assert.equal(due.isExhausted(), true)
  assert.equal(due.dueMs(50), 50)
})
