/** Memoised results, within bounds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemo } from '../src/index.ts'

test("a memoised result equals the function's and is computed once while its key is in use", () => {
  const made: string[] = []
  const lengthOf = createMemo(4, key => {
    made.push(key)
    return key.length === 1 ? undefined : key.length
  })
  for (let n = 0; n < 10; n++) {
    assert.equal(lengthOf('in use'), 6)
    assert.equal(lengthOf('a'), undefined, 'a result that is undefined is remembered too')
    lengthOf(`new ${n}`)
  }
  assert.equal(made.filter(key => key === 'in use').length, 1, 'a flood of new keys does not drop one that is in use')
  assert.equal(made.filter(key => key === 'a').length, 1)
})

test('at most the allowed number of keys is remembered, and no long keys', () => {
  const calls = new Map<string, number>()
  const memo = createMemo(10, key => calls.set(key, (calls.get(key) ?? 0) + 1).size)
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 })), keys => {
      for (const key of keys) memo(String(key))
      calls.clear()
      for (let key = 0; key <= 40; key++) memo(String(key))
      assert.ok(calls.size >= 41 - 10, 'more than ten were remembered')
    }),
  )
  const long = 'x'.repeat(501)
  calls.clear()
  memo(long)
  memo(long)
  assert.equal(calls.get(long), 2)
})
