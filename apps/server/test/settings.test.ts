import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { settings } from '../src/settings.ts'

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')

test('every setting is in the README, and no other', () => {
  const named = new Set(readme.match(/`[A-Z][A-Z0-9_]+(?==|`)/g)?.map(name => name.slice(1)))
  assert.deepEqual(
    Object.keys(settings).filter(name => !named.has(name)),
    [],
  )
  const known = new Set(Object.keys(settings))
  assert.deepEqual(
    [...named].filter(name => /^(OCTET|S3|SMTP|MAIL|REDIS|DATABASE)_/.test(name) && !known.has(name)),
    ['OCTET_CHROMIUM'].filter(name => named.has(name)),
  )
})
