import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scansIn } from '@octet/testkit'
import { plans } from './plans.ts'

/** Few rows in every installation. */
const small = ['signing_keys', 'module_keys']

test('no hot query of identity reads a whole table', async t => {
  assert.deepEqual(scansIn(await plans(t), small), [])
})
