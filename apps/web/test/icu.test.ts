/** Messages: their format, and the equality of both languages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argumentsOf, formatMessage, type MessageValues, parseMessage } from '../src/shared/icu.ts'
import { de, en } from './all-words.ts'

function format(text: string, values: MessageValues = {}, locale = 'en-GB'): string {
  const tag = (name: string, children: readonly string[]) => `[${name}:${children.join('')}]`
  return formatMessage<string>(parseMessage(text), { locale, timeZone: 'UTC', values, tag }).join('')
}

test('plurals follow the rules of the language and format their number', () => {
  const text = '{n, plural, =0 {none} one {# click} other {# clicks}}'
  assert.equal(format(text, { n: 0 }), 'none')
  assert.equal(format(text, { n: 1 }), '1 click')
  assert.equal(format(text, { n: 1234 }), '1,234 clicks')
  assert.equal(format('{n, plural, one {# Klick} other {# Klicks}}', { n: 1234 }, 'de-DE'), '1.234 Klicks')
  assert.equal(format('{n, plural, one {#} few {few} many {many} other {other}}', { n: 3 }, 'pl'), 'few')
})

test('select, nesting, numbers, dates and tags are formatted', () => {
  assert.equal(format('{kind, select, api {API} other {Browser}}', { kind: 'web' }), 'Browser')
  assert.equal(format('{a, select, x {{n, plural, one {#} other {#s}}} other {}}', { a: 'x', n: 2 }), '2s')
  assert.equal(format('{n, number} at {t, date}', { n: 1000, t: new Date(0) }), '1,000 at 1 Jan 1970')
  assert.equal(format('See <docs>the <b>docs</b></docs>.'), 'See [docs:the [b:docs]].')
  assert.equal(format('{missing} is visible'), '{missing} is visible')
})

test('an apostrophe before syntax quotes it, and elsewhere is an apostrophe', () => {
  assert.equal(format("don''t, isn't, '{'no'}'"), "don't, isn't, {no}")
})

test('a malformed message is refused with the position of the error', () => {
  for (const text of ['{n', '{n, plural, one {x}}', '<a>x', 'x}', '{n, list}']) {
    assert.throws(() => parseMessage(text), SyntaxError, text)
  }
})

test('German has every message of English, with the same arguments and tags', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort())
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(argumentsOf(parseMessage(de[key] ?? '')), argumentsOf(parseMessage(text)), key)
  }
})
