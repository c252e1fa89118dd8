import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Page, type Position, pageOf, readPage } from '../src/index.ts'

const id = '019a0000-0000-7000-8000-000000000000'
const refusal = { code: 'validation-failed' }

function cursorAt(at: string): string {
  const positionOf = (row: Position) => row
  const page: Page<Position> = pageOf(
    [
      { at, id },
      { at, id },
    ],
    { limit: 1, positionOf, view: row => row },
  )
  return page.meta.nextCursor ?? ''
}

test('a cursor comes back as it was made, in a list of its own order', () => {
  const at = '2026-11-21T07:30:00.123456Z'
  assert.deepEqual(readPage({ cursor: cursorAt(at), limit: 7 }), { limit: 7, after: { at, id } })
  assert.deepEqual(readPage({ cursor: cursorAt('12') }, 'number').after, { at: '12', id })
  assert.throws(() => readPage({ cursor: cursorAt('12') }), refusal)
  assert.throws(() => readPage({ cursor: cursorAt(at) }, 'number'), refusal)
})

test('nothing else passes for a cursor', () => {
  for (const at of ['2026-99-21T07:30:00Z', '2026-02-30T07:30:00Z', 'now', '', '-1']) {
    assert.throws(() => readPage({ cursor: cursorAt(at) }), refusal)
    assert.throws(() => readPage({ cursor: cursorAt(at) }, 'number'), refusal)
  }
  assert.throws(() => readPage({ cursor: '%%%' }), refusal)
})

test('a page ends where its rows do', () => {
  const positionOf = (row: number) => ({ at: String(row), id })
  const { data, meta } = pageOf([1, 2, 3], { limit: 3, positionOf, view: row => row * 2 })
  assert.deepEqual([data, meta], [[2, 4, 6], { limit: 3, nextCursor: null, hasMore: false }])
})
