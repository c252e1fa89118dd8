import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scansIn } from '@octet/testkit'
import { plans } from './plans.ts'

/** The sample module counts its own few effects. */
const small = ['effects']

test('no hot query of the floor reads a whole table', async t => {
  assert.deepEqual(scansIn(await plans(t), small), [])
})
