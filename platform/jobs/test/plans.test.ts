import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scansIn } from '@octet/testkit'
import { plans } from './plans.ts'

test('no hot query of jobs scans a whole table', async t => {
  assert.deepEqual(scansIn(await plans(t)), [])
})
