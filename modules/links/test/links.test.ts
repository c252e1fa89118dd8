import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

const owner = newId()
const url = 'https://example.org/a'

async function open(t: Parameters<typeof testApp>[0], options: object = {}) {
  const app = await testApp(t, { modules: [linksModule], ...options })
  return {
    app,
    mine: app.client(links, { token: app.as(owner) }),
    stranger: app.client(links, { token: app.as(newId()) }),
  }
}

test('an owner creates, reads, lists, changes and deletes a link', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url, alias: 'first-link', title: 'First', tags: ['a', 'b'] })
  assert.equal(link.shortUrl, 'http://localhost:3000/s/first-link')
  assert.equal(link.clicks, 0)
  assert.deepEqual(await mine.getLink({ id: link.id }), link)
  const listed = await mine.listLinks({})
  assert.deepEqual(
    listed.data.map(({ id, recentClicks }) => [id, recentClicks.length]),
    [[link.id, 14]],
  )
  const changed = await mine.updateLink({ id: link.id, url: 'https://example.org/b', title: null })
  assert.deepEqual(
    [changed.url, changed.title, changed.tags, changed.version],
    ['https://example.org/b', null, ['a', 'b'], 2],
  )
  await mine.deleteLink({ id: link.id })
  await assert.rejects(mine.getLink({ id: link.id }), { code: 'not-found' })
  const gone = await app.http.inject('/s/first-link')
  assert.equal(gone.statusCode, 404)
})

test('creating a link answers 201 with the address as given', async t => {
  const { app } = await open(t)
  const { status, body } = await app.request(
    links,
    'createLink',
    { url: 'https://example.com' },
    { token: app.as(owner) },
  )
  assert.equal(status, 201)
  const link = body as { url: string; code: string }
  assert.equal(link.url, 'https://example.com')
  assert.match(link.code, /^[2-9a-hjkmnp-z]{7}$/)
})

test('all wrong properties of a new link are reported at once', async t => {
  const { mine } = await open(t)
  await assert.rejects(mine.createLink({ url: '', alias: 'a/b', clicksMax: 0, nonsense: 1 } as never), error => {
    const { code, status, errors } = error as { code: string; status: number; errors: { path: string }[] }
    assert.deepEqual([code, status], ['validation-failed', 400])
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['/alias', '/clicksMax', '/nonsense', '/url'])
    return true
  })
  await assert.rejects(mine.createLink({ url: 'javascript:alert(1)' }), { code: 'links.url-not-allowed', status: 400 })
  await assert.rejects(mine.createLink({ url, alias: 'admin' }), { code: 'links.alias-reserved', status: 400 })
  await assert.rejects(mine.createLink({ url, expiresAt: '2020-01-01T00:00:00Z' }), {
    code: 'links.expiry-in-the-past',
  })
})

test('an anonymous caller can create and follow links but manage none', async t => {
  const { app, mine } = await open(t)
  const anyone = app.client(links)
  const link = await anyone.createLink({ url })
  assert.equal((await app.http.inject(`/s/${link.code}`)).statusCode, 302)
  await assert.rejects(anyone.listLinks({}), { code: 'unauthenticated', status: 401 })
  await assert.rejects(anyone.getLink({ id: link.id }), { status: 401 })
  await assert.rejects(mine.getLink({ id: link.id }), { code: 'not-found' })
})

test('a link of another account looks exactly like an unknown one', async t => {
  const { app, mine } = await open(t)
  const { id } = await mine.createLink({ url })
  const token = app.as(newId())
  for (const [operation, input] of [
    ['getLink', {}],
    ['updateLink', { title: 'x' }],
    ['deleteLink', {}],
    ['getLinkStats', {}],
  ] as const) {
    const theirs = await app.request(links, operation, { id, ...input }, { token })
    const otherRooms = await app.request(links, operation, { id: newId(), ...input }, { token })
    const comparable = ({ status, body }: typeof theirs) => ({ status, body: { ...(body as object), requestId: '' } })
    assert.deepEqual(comparable(theirs), comparable(otherRooms), operation)
    assert.equal(theirs.status, 404)
  }
  assert.equal((await mine.getLink({ id })).title, null)
})

test('a token without the scope is refused', async t => {
  const { app } = await open(t)
  const reader = app.client(links, { token: app.as(owner, { scopes: ['links:read'] }) })
  assert.deepEqual((await reader.listLinks({})).data, [])
  await assert.rejects(reader.removeExamples({}), { code: 'forbidden', status: 403 })
})

test('an alias belongs to one link regardless of case, also after deletion', async t => {
  const { mine, stranger } = await open(t)
  const link = await mine.createLink({ url, alias: 'Summer-Sale' })
  await assert.rejects(stranger.createLink({ url, alias: 'summer-sale' }), { code: 'links.alias-taken', status: 409 })
  await mine.deleteLink({ id: link.id })
  await assert.rejects(mine.createLink({ url, alias: 'SUMMER-SA1E' }), { code: 'links.alias-taken' })
})

test('a repeated idempotency key creates one link and answers alike; a different body is refused', async t => {
  const { app } = await open(t)
  const token = app.as(owner)
  const create = (input: object, idempotencyKey: string) =>
    app.request(links, 'createLink', input, { token, idempotencyKey })
  const first = await create({ url }, 'key-1')
  const again = await create({ url }, 'key-1')
  assert.deepEqual([again.status, again.body], [first.status, first.body])
  const other = await create({ url: 'https://example.org/other' }, 'key-1')
  assert.deepEqual([other.status, (other.body as { code: string }).code], [422, 'idempotency-key-reused'])
  const together = await Promise.all(Array.from({ length: 10 }, () => create({ url }, 'key-2')))
  const made = together.filter(({ status }) => status === 201)
  assert.ok(made.length >= 1)
  for (const { status, body } of together) {
    if (status === 201) assert.deepEqual(body, made[0]?.body)
    else assert.deepEqual([status, (body as { code: string }).code], [409, 'idempotency-in-flight'])
  }
  const [row] = await app.db('links').sql<{ count: number }[]>`select count(*)::int from links`
  assert.equal(row?.count, 2)
})

test('an update of an outdated version is refused', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url })
  const read = await app.request(links, 'getLink', { id: link.id }, { token: app.as(owner) })
  assert.equal(read.headers.etag, '"1"')
  await mine.updateLink({ id: link.id, title: 'one' }, { ifMatch: 1 })
  await assert.rejects(mine.updateLink({ id: link.id, title: 'two' }, { ifMatch: 1 }), {
    code: 'version-mismatch',
    status: 412,
  })
  const headers = { 'if-none-match': '"2"' }
  const unchanged = await app.request(links, 'getLink', { id: link.id }, { token: app.as(owner), headers })
  assert.equal(unchanged.status, 304)
})

test('lists page through every link exactly once, in both directions, with filters', async t => {
  const { app, mine } = await open(t)
  for (let index = 0; index < 7; index++) {
    app.nowMs += 1_000
    await mine.createLink({ url: `https://example.org/${index}`, tags: index % 2 === 0 ? ['even'] : ['odd'] })
  }
  for (const sort of ['-createdAt', 'createdAt'] as const) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await mine.listLinks({ limit: 3, cursor, sort })
      seen.push(...page.data.map(link => link.url.slice(-1)))
      cursor = page.meta.nextCursor ?? undefined
      assert.equal(page.meta.hasMore, cursor !== undefined)
    } while (cursor !== undefined)
    assert.equal(seen.join(''), sort === 'createdAt' ? '0123456' : '6543210')
  }
  assert.equal((await mine.listLinks({ tag: 'even' })).data.length, 4)
  assert.equal((await mine.listLinks({ q: 'ORG/3' })).data.length, 1)
  assert.equal((await mine.listLinks({ q: '%' })).data.length, 0)
  await assert.rejects(mine.listLinks({ cursor: 'nonsense' }), { code: 'validation-failed' })
  await assert.rejects(mine.listLinks({ limit: 101 }), { code: 'validation-failed' })
})

test('the 31st anonymous and the 101st signed-in create within a minute from one address is refused', async t => {
  const { app } = await open(t, { limitsScale: 1 })
  for (const [token, allowed] of [
    [undefined, 30],
    [app.as(owner), 100],
  ] as const) {
    for (let index = 0; index < allowed; index++) {
      const { status } = await app.request(links, 'createLink', { url }, { token })
      assert.equal(status, 201, `create ${index} of ${allowed}`)
    }
    const refused = await app.request(links, 'createLink', { url }, { token })
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers['retry-after']) >= 1)
    assert.equal(Number(refused.headers['ratelimit-remaining']), 0)
  }
})
