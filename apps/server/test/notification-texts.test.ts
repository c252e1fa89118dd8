/** Every notification that any module declares can be written and delivered in both languages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { type AnyNotificationKind, checkInput, operationsOf, writeNotification } from '@octet/kernel'
import { Compile } from 'typebox/compile'
import { modules } from '../src/modules.ts'

interface Declared {
  readonly module: string
  readonly kind: AnyNotificationKind
}

const declared: readonly Declared[] = modules.flatMap(({ contract, notifications = [] }) =>
  (notifications as readonly AnyNotificationKind[]).map(kind => ({ module: contract.name as string, kind })),
)

const mailUser = operationsOf(identity).get('mailUser')

test('each module names a notification once', () => {
  const names = declared.map(({ module, kind }) => `${module} ${kind.name}`)
  assert.ok(names.includes('links webhook-disabled'))
  assert.deepEqual(names, [...new Set(names)])
})

for (const { module, kind } of declared) {
  test(`${module}.${kind.name} is written in both languages, and identity accepts it as a mail`, () => {
    assert.ok(mailUser)
    assert.ok(Compile(kind.data).Check(kind.example), 'the example does not fit the schema of the data')
    const text = writeNotification(kind, kind.example as never)
    checkInput(mailUser, { userId: newId(), kind: kind.name, text })
    const words = (language: 'en' | 'de') => [
      text[language].subject,
      ...text[language].lines,
      text[language].action.label,
    ]
    for (const word of [...words('en'), ...words('de')]) {
      assert.ok(word.trim().length > 0, 'a text is empty')
      assert.doesNotMatch(word, /undefined|null|NaN|\[object/)
    }
    const shared = words('en').filter(word => words('de').includes(word))
    assert.deepEqual(shared, [], 'a text is the same in both languages')
    assert.deepEqual(
      [text.en.action.path, text.de.action.path],
      [kind.path(kind.example as never), text.en.action.path],
    )
  })
}
