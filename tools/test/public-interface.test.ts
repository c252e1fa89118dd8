/** Other programs depend on routes, schemas, problem codes and the live protocol, so none of them changes unnoticed. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Described, differences, publicInterface, snapshotFolder, withAdditions } from '../public-interface.ts'
import { root } from '../tree.ts'

async function snapshotOf(file: string): Promise<Described> {
  return JSON.parse(await readFile(join(root, snapshotFolder, file), 'utf8'))
}

test('no part of the public interface is removed or changed', async () => {
  for (const [file, now] of publicInterface()) {
    const { broken } = differences(file.replace('.json', ''), await snapshotOf(file).catch(() => ({})), now)
    assert.deepEqual(broken, [], 'a breaking change: put it back, or make a new operation, event version or problem')
  }
})

test('no contract disappears', async () => {
  const current = publicInterface()
  const files = await readdir(join(root, snapshotFolder))
  assert.deepEqual(
    files.filter(file => file !== 'routes.json' && !current.has(file)),
    [],
  )
})

test('every addition to the public interface is in the snapshot', async () => {
  for (const [file, now] of publicInterface()) {
    const { added } = differences(file.replace('.json', ''), await snapshotOf(file).catch(() => ({})), now)
    assert.deepEqual(added, [], 'new promises: run `npm run docs:generate` and commit the snapshot')
  }
})

test('the comparison reports removals, changes, new requirements and additions', () => {
  const input = { url: 'string maxLength 20', 'utm?': 'object closed', 'kind =': ['a', 'b'] }
  const before = { operations: { make: { route: 'POST /x', problems: ['m.bad', 'm.worse'], input } } }
  const changedInput = { url: 'string maxLength 10', 'utm?': 'object closed', 'utm?.source': 'string', 'kind =': ['a'] }
  const now = {
    operations: {
      make: {
        route: 'POST /y',
        problems: ['m.bad', 'm.new'],
        input: { ...changedInput, size: 'integer', 'note?': 'string' },
      },
      take: { route: 'GET /x' },
    },
  }
  assert.deepEqual(differences('m', before, now), {
    broken: [
      'm › operations › make › route: was "POST /x", is "POST /y"',
      'm › operations › make › problems: "m.worse" was removed',
      'm › operations › make › input › url: was "string maxLength 20", is "string maxLength 10"',
      'm › operations › make › input › kind =: "b" was removed',
      'm › operations › make › input › utm?.source: is required now',
      'm › operations › make › input › size: is required now',
    ],
    added: [
      'm › operations › make › problems: "m.new"',
      'm › operations › make › input › note?',
      'm › operations › take',
    ],
  })
  assert.deepEqual(differences('m', now, { operations: {} }).broken, [
    'm › operations › make: was removed',
    'm › operations › take: was removed',
  ])
})

test('updating the snapshot adds new parts and keeps existing promises', () => {
  const before = { a: 1, gone: 'x', list: ['p'] }
  const now = { a: 2, fresh: 'y', list: ['q'] }
  assert.deepEqual(withAdditions(before, now), { a: 1, fresh: 'y', list: ['p', 'q'], gone: 'x' })
})
