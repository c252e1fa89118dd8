/** Which texts are times. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import { Time } from '../src/index.ts'

const time = Compile(Time)

test('a time is a day that the calendar has, in common years, leap years and at the turn of centuries', () => {
  for (const year of [1900, 1999, 2000, 2024, 2025, 2026, 2028, 2100, 2400]) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T07:30:00Z`
        const date = new Date(Date.UTC(year, month - 1, day))
        const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
        assert.equal(time.Check(text), isReal, text)
      }
    }
  }
})

test('the year 0, other offsets and times of day that do not exist are refused', () => {
  assert.ok(time.Check('2026-02-28T23:59:59.123456Z'))
  for (const text of [
    '0000-01-01T00:00:00Z',
    '0000-02-29T00:00:00Z',
    '2026-11-30T24:00:00Z',
    '2026-11-30T12:60:00Z',
    '2026-11-30T12:00:60Z',
    '2026-11-30T12:00:00+01:00',
    '2026-11-30',
    '2026-11-30T12:00:00.1234567Z',
  ]) {
    assert.equal(time.Check(text), false, text)
  }
})
