/** Errors of fields appear in the reader's language. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '@octet/contracts'
import { fieldErrorWords } from '../src/shared/field-words.ts'
import type { Translate } from '../src/shared/i18n.tsx'
import { de, en } from './all-words.ts'

const inGerman: Translate = key => de[key] ?? ''

function refused(...errors: readonly { path: string; message: string }[]): Problem {
  return new Problem({ code: 'validation-failed', status: 400, title: 'The input is not valid.' }, { errors })
}

test('known errors of fields appear in the language of the page', () => {
  const error = refused(
    { path: '/username', message: 'is taken' },
    { path: '/password', message: 'is one of the most common passwords' },
  )
  assert.deepEqual(fieldErrorWords(error, inGerman), {
    username: de['field.taken'],
    password: de['field.common-password'],
  })
})

test('an unknown error of a field becomes a whole sentence, never the raw text of the server', () => {
  const words = fieldErrorWords(refused({ path: '/alias', message: 'is not quite right' }), key => en[key] ?? '')
  assert.deepEqual(words, { alias: 'This value is not valid.' })
})

test('an error of a list item belongs to the field of the list', () => {
  assert.deepEqual(Object.keys(fieldErrorWords(refused({ path: '/tags/3', message: 'is taken' }), inGerman)), ['tags'])
})

test('a failure without fields has no field errors', () => {
  assert.deepEqual(fieldErrorWords(new Error('offline'), inGerman), {})
})
