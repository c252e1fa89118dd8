/** Limits of fields: they equal the contracts, are stated once, and need no schema in the browser. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { limitsPlugin } from '../build/limits.ts'
import { limits } from '../src/features/links/limits.ts'
import { fits, limitOf } from '../src/shared/limits.ts'

const features = join(import.meta.dirname, '../src/features')

/** Files that state a number of the contract. */
function repeated(text: string): string[] {
  return text.match(/maxLength=\{[\d_]+\}/g) ?? []
}

test('a limit equals the schema of the field, also inside lists and behind "or null"', () => {
  const { webRegister } = identity.operations
  assert.deepEqual(limitOf(webRegister, 'username'), { min: 3, max: 30, pattern: '^[a-zA-Z0-9_-]+$' })
  assert.deepEqual(limitOf(links.operations.updateLink, 'title'), { min: 1, max: 200 })
  assert.deepEqual(limitOf(links.operations.createLink, 'tags'), { min: 0, max: 10 })
  assert.deepEqual(limitOf(links.operations.setLinkRouting, 'rules.[].name'), { min: 1, max: 40 })
})

test('a limit of an unknown field fails the build', () => {
  assert.throws(() => limitOf(links.operations.createLink, 'nowhere'), /no field "nowhere"/)
  assert.throws(() => limitOf(links.operations.createLink, 'utm'), /no upper bound/)
})

test('a text is valid within its length and its pattern', () => {
  assert.equal(fits('my-alias', limits.alias), true)
  assert.equal(fits('my alias', limits.alias), false)
  assert.equal(fits('ab', limits.alias), false)
  assert.equal(fits('a'.repeat(51), limits.alias), false)
})

test('the browser gets the values of limits.ts and none of its code', async () => {
  const { load } = limitsPlugin() as unknown as { load: (id: string) => Promise<string | undefined> }
  const source = await load(join(features, 'links/limits.ts'))
  assert.equal(source, `export const limits = ${JSON.stringify(limits)}`)
  assert.equal(await load(join(features, 'links/api.ts')), undefined)
})

test('no form repeats a limit of the contract', () => {
  const files = readdirSync(features, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.tsx'))
  assert.ok(files.length > 100)
  const found = files.flatMap(name => repeated(readFileSync(join(features, name), 'utf8')).map(each => [name, each]))
  assert.deepEqual(found, [])
  assert.deepEqual(repeated('<TextInput maxLength={2048} />'), ['maxLength={2048}'])
})
