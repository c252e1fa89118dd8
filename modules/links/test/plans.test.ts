import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scansIn } from '@octet/testkit'
import { plans } from './plans.ts'

/** Few rows in every installation: journals, days, and links that are watched at the moment. */
const small = ['journal_positions', 'visitor_salts', 'click_watches']

test('no hot query of links reads a whole table', async t => {
  assert.deepEqual(scansIn(await plans(t), small), [])
})
