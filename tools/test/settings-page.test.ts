import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsPage } from '../settings-page.ts'
import { readTree } from '../tree.ts'

test('the README lists every setting with its default and its meaning', () => {
  const readme = readTree().get('README.md')?.text ?? ''
  assert.equal(readme, settingsPage(readme), 'run: npm run docs:generate')
  assert.match(readme, /^\| `OCTET_APP_SCHEMES` +\| –/m)
})
