/** Every problem a person can meet has words in their language. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chat, commonProblems, identity, links, mails } from '@octet/contracts'
import { de } from '../src/shared/messages/de/index.ts'
import { en as first } from '../src/shared/messages/en/index.ts'
import { pages } from '../src/shared/messages/en/pages.ts'

/** Shown in the server's own words if ever: answers to programs, and what the client settles by itself. */
const serversWords: ReadonlySet<string> = new Set([
  'method-not-allowed',
  'unsupported-media-type',
  'idempotency-in-flight',
  'idempotency-key-reused',
  // The sign-in page asks for the second proof; the others are for clients that hold tokens.
  'identity.second-factor-required',
  'identity.session-replayed',
  'identity.other-session-kind',
  // Pages of the server itself say these.
  'links.expired',
  'links.password-required',
  // The client goes on from there without a word.
  'chat.cmid-reused',
  'chat.upload-offset',
  'chat.not-encrypted',
  'chat.commit-refused',
  'chat.epoch-moved',
])

const codes = [
  ...Object.keys(commonProblems),
  ...[identity, links, mails, chat].flatMap(({ name, problems }) =>
    Object.keys(problems).map(code => `${name}.${code}`),
  ),
]

function withoutWords(messages: object): string[] {
  return codes.filter(code => !(`problem.${code}` in messages) && !serversWords.has(code))
}

test('every problem of the contracts has words in English and in German, or is known to need none', () => {
  assert.ok(codes.length > 60)
  assert.deepEqual(withoutWords({ ...first, ...pages }), [])
  assert.deepEqual(withoutWords(de), [])
})

test('the list of those without words is short of dead entries and of those that have words', () => {
  const messages = { ...first, ...pages }
  assert.deepEqual(
    [...serversWords].filter(code => !codes.includes(code) || `problem.${code}` in messages),
    [],
  )
})

test('a code without words is found: the check can fail', () => {
  const { 'problem.email-unverified': _words, ...others } = { ...first, ...pages }
  assert.deepEqual(withoutWords(others), ['email-unverified'])
})
