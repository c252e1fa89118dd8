import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonCopy } from '../src/json-copy.ts'

const roundTrip = (value: unknown) => {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Everything code may hold, also what JSON has no word for. */
const anything = fc.anything({
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
})

test('a copy is what the way through JSON text would give', () => {
  fc.assert(
    fc.property(anything, value => {
      assert.deepEqual(jsonCopy(value), roundTrip(value))
    }),
    { numRuns: 2_000 },
  )
})

test('values that JSON drops or changes are dropped and changed alike', () => {
  const odd = {
    date: new Date(0),
    invalid: [Number.NaN, Number.POSITIVE_INFINITY, -0],
    gone: undefined,
    method() {},
    list: [undefined, () => 1, Symbol('x')],
    own: { toJSON: () => ({ said: [new Date(1)] }) },
  }
  assert.deepEqual(jsonCopy(odd), roundTrip(odd))
  assert.throws(() => jsonCopy({ count: 1n }), /BigInt/)
})

test('a property called __proto__ stays a property', () => {
  const hostile = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1}')
  const copy = jsonCopy(hostile) as Record<string, unknown>
  assert.equal(Object.getPrototypeOf(copy), Object.prototype)
  assert.equal(copy.isAdmin, undefined)
  assert.deepEqual(Object.keys(copy), ['__proto__', 'constructor'])
})

test('nothing is shared with what was copied', () => {
  const original = { list: [{ deep: { value: 1 } }] }
  const copy = jsonCopy(original) as typeof original
  assert.notEqual(copy.list[0]?.deep, original.list[0]?.deep)
})
