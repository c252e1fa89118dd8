/** What docs/security promises is tested: each title it names is the title of a test. */
import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

async function titles(): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const path of glob('{apps,chaos,modules,platform}/**/test/*.test.ts', {
    cwd: root,
    exclude: name => name === 'node_modules',
  })) {
    const text = await readFile(join(root, path), 'utf8')
    for (const [, title = ''] of text.matchAll(/^test\('(.+?)',/gm)) found.add(title)
  }
  return found
}

test('each test that the answers to ASVS name is there', async () => {
  const page = await readFile(join(root, 'docs/security/asvs-5-l2.md'), 'utf8')
  const named = [...page.matchAll(/^\|.*\| `([^`]+)` +\|$/gm)].map(([, title = '']) => title)
  assert.ok(named.length > 20, 'the page was read')
  const known = await titles()
  assert.ok(known.size > 300, 'the tests were read')
  assert.deepEqual(
    named.filter(title => !known.has(title)),
    [],
  )
})

test('4.1.1: every answer with a body says what it is, and its charset', async t => {
  const app = await testApp(t, { modules })
  const asked = app.http.routeTable.filter(({ method, url }) => method !== 'HEAD' && !url.includes('*'))
  for (const { method, url } of asked) {
    const reply = await app.http.inject({ method: method as 'GET', url: url.replace(/:\w+/g, 'x') })
    if (reply.body === '') continue
    assert.match(String(reply.headers['content-type']), /^[a-z]+\/[a-z+]+; charset=utf-8$/i, `${method} ${url}`)
    assert.equal(reply.headers['x-content-type-options'], 'nosniff', `${method} ${url}`)
  }
})
