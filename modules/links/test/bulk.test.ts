import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { type Test, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const url = 'https://example.org/a'

async function open(t: Test, options: object = {}) {
  const app = await testApp(t, { modules: [linksModule], ...options })
  const token = app.as(newId())
  return { app, token, mine: app.client(links, { token }), theirs: app.client(links, { token: app.as(newId()) }) }
}

test('a bulk creates its valid items and reports a problem for each other item', async t => {
  const { mine } = await open(t)
  await mine.createLink({ url, alias: 'taken' })
  const answer = await mine.createLinks({
    links: [
      { url, alias: 'good' },
      { url: 'javascript:alert(1)' },
      { url, alias: 'taken' },
      { url, alias: 'GOOD' },
      { url, expiresAt: '2020-01-01T00:00:00Z' },
      { url: `${url}/last` },
    ],
  })
  assert.deepEqual(
    answer.results.map(({ index, link, problem }) => [index, problem?.code ?? link?.url]),
    [
      [0, url],
      [1, 'links.url-not-allowed'],
      [2, 'links.alias-taken'],
      [3, 'links.alias-taken'],
      [4, 'links.expiry-in-the-past'],
      [5, `${url}/last`],
    ],
  )
  assert.deepEqual([answer.done, answer.failed], [2, 4])
  assert.equal((await mine.listLinks({})).data.length, 3)
})

test('a bulk under one idempotency key acts once', async t => {
  const { app, token, mine } = await open(t)
  const ask = () =>
    app.request(links, 'createLinks', { links: [{ url }, { url }] }, { token, idempotencyKey: 'bulk-1' })
  const first = await ask()
  assert.deepEqual((await ask()).body, first.body)
  assert.equal((await mine.listLinks({})).data.length, 2)
})

test('a bulk updates and deletes many links, and does not find links of others', async t => {
  const { app, mine, theirs } = await open(t)
  const a = await mine.createLink({ url })
  const b = await mine.createLink({ url })
  const other = await theirs.createLink({ url })
  const changed = await mine.updateLinks({
    links: [
      { id: b.id, title: 'B' },
      { id: other.id, title: 'stolen' },
      { id: a.id, isArchived: true, tags: ['x'] },
    ],
  })
  assert.deepEqual(
    changed.results.map(({ link, problem }) => problem?.code ?? link?.title ?? link?.tags),
    ['B', 'not-found', ['x']],
  )
  assert.equal((await theirs.getLink({ id: other.id })).title, null)
  const gone = await mine.deleteLinks({ ids: [b.id, other.id, a.id, newId()] })
  assert.deepEqual(
    gone.results.map(({ problem }) => problem?.code ?? null),
    [null, 'not-found', null, 'not-found'],
  )
  assert.equal((await app.http.inject(`/s/${a.code}`)).statusCode, 404)
  assert.equal((await app.http.inject(`/s/${other.code}`)).statusCode, 302)
})

test('a bulk is bounded, counts its items, and requires a signed-in caller', async t => {
  const { app, mine } = await open(t, { limitsScale: 1 })
  const many = (count: number) => Array.from({ length: count }, () => ({ url }))
  await assert.rejects(mine.createLinks({ links: many(101) }), { code: 'validation-failed' })
  await assert.rejects(mine.createLinks({ links: [] }), { code: 'validation-failed' })
  await assert.rejects(mine.createLinks({ links: [{ url: 1 } as never] }), { code: 'validation-failed' })
  assert.equal((await mine.createLinks({ links: many(60) })).done, 60)
  await assert.rejects(mine.createLinks({ links: many(60) }), { code: 'rate-limited' })
  await assert.rejects(app.client(links).createLinks({ links: many(1) }), { code: 'unauthenticated' })
  await assert.rejects(app.client(links).deleteLinks({ ids: [newId()] }), { code: 'unauthenticated' })
  await assert.rejects(app.client(links).updateLinks({ links: [{ id: newId() }] }), { code: 'unauthenticated' })
})
