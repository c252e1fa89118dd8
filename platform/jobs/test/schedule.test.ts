import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from '../src/run.ts'
import { nextTime, specOf } from '../src/schedule.ts'

const at = (text: string) => new Date(`2026-11-21T${text}Z`)

test('a fixed interval keeps its phase, however late it is checked', () => {
  const spec = specOf({ everyMs: 60_000 })
  assert.deepEqual(nextTime(spec, at('07:30:10'), at('07:30:00')), at('07:31:00'))
  assert.deepEqual(nextTime(spec, at('07:30:00'), at('07:30:00')), at('07:31:00'))
})

test('one run makes up for all missed times', () => {
  assert.deepEqual(nextTime(specOf({ everyMs: 60_000 }), at('09:00:30'), at('07:30:00')), at('09:01:00'))
  assert.deepEqual(nextTime(specOf({ cron: '*/5 * * * *' }), at('09:01:00'), at('07:30:00')), at('09:05:00'))
})

test('cron is read in UTC, and its next time is never now', () => {
  assert.deepEqual(nextTime(specOf({ cron: '0 3 * * *' }), at('03:00:00')), new Date('2026-11-22T03:00:00Z'))
})

test('an invalid schedule is refused when it is declared', () => {
  assert.throws(() => specOf({ cron: '61 * * * *' }), /minute/)
  assert.throws(() => specOf({ cron: '* * * * * *' }))
  assert.throws(() => specOf({ cron: '0 0 30 2 *' }), /never fires/)
  assert.throws(() => specOf({ everyMs: 10 }), /at least 1000/)
})

test('back-off doubles, stays within its limit and is spread over half of it', () => {
  const backoff = { firstMs: 1_000, maxMs: 5_000 }
  assert.deepEqual(
    [1, 2, 3, 4, 60].map(failures => backoffMs(backoff, failures, 1)),
    [1_000, 2_000, 4_000, 5_000, 5_000],
  )
  assert.equal(backoffMs(backoff, 2, 0), 1_000)
})
