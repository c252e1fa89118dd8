/** The rules by which a failed call is sent again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonProblem, Problem } from '@octet/contracts'
import { ConnectionError } from '../src/errors.ts'
import { type FailedAttempt, retryAfterMs } from '../src/retry.ts'

const noAnswer = new ConnectionError('timeout', undefined)
const unavailable = commonProblem('unavailable')
const rateLimited = commonProblem('rate-limited', { retryAfterMs: 1_500 })
const taken = new Problem({ code: 'links.alias-taken', status: 409, title: 'Taken.' })

function after(failed: Partial<FailedAttempt> & { retry?: 'safe' | 'keyed' | 'never' }, random = 0.5) {
  const { retry = 'safe', ...rest } = failed
  const defaults = { operation: { retry }, error: noAnswer, attempts: 1, attemptsMax: 3, hasKey: false }
  return retryAfterMs({ ...defaults, ...rest }, () => random)
}

test('a call without an answer is repeated only if a repetition cannot act twice', () => {
  assert.equal(after({ retry: 'safe' }), 100)
  assert.equal(after({ retry: 'keyed', hasKey: true }), 100)
  assert.equal(after({ retry: 'keyed', hasKey: false }), undefined)
  assert.equal(after({ retry: 'never' }), undefined)
})

test('a call the server refused without acting is repeated whatever it does', () => {
  assert.equal(after({ retry: 'never', error: rateLimited }), 1_500)
  assert.equal(after({ retry: 'never', error: unavailable }), undefined)
  assert.equal(after({ retry: 'safe', error: unavailable }), 100)
})

test('a problem that will not pass is never repeated', () => {
  assert.equal(after({ error: taken }), undefined)
  assert.equal(after({ error: new TypeError('a mistake of our own') }), undefined)
})

test('attempts are bounded, pauses double, and a server that asks for a long pause is not waited for', () => {
  assert.deepEqual(
    [1, 2, 3].map(attempts => after({ attempts }, 1)),
    [200, 400, undefined],
  )
  assert.equal(after({ attempts: 30, attemptsMax: 100 }, 1), 10_000)
  assert.equal(after({ error: commonProblem('rate-limited', { retryAfterMs: 60_000 }) }), undefined)
})
