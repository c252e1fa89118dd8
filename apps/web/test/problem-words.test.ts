/** Every problem that a user can meet has a message in their language. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemCatalogue } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import { de, en, silentProblems } from './all-words.ts'

const codes = [...problemCatalogue(contracts).keys()]

function withoutWords(messages: object): string[] {
  return codes.filter(code => !(`problem.${code}` in messages) && !silentProblems.includes(code))
}

test('every problem of the contracts has a message in English and in German, or a reason for having none', () => {
  assert.ok(codes.length > 60)
  assert.deepEqual(withoutWords(en), [])
  assert.deepEqual(withoutWords(de), [])
})

test('the list of silent problems has no unknown code and no code that has a message', () => {
  assert.deepEqual(
    silentProblems.filter(code => !codes.includes(code) || `problem.${code}` in en),
    [],
  )
})

test('the check reports a code without a message', () => {
  const { 'problem.email-unverified': _words, ...others } = en
  assert.deepEqual(withoutWords(others), ['email-unverified'])
})
