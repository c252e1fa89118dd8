import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { type Test, testApp } from '@octet/testkit'
import { withUtm } from '../src/campaigns/utm.ts'
import { linksModule } from '../src/module.ts'

const url = 'https://example.org/a'

async function open(t: Test, options: object = {}) {
  const app = await testApp(t, { modules: [linksModule], ...options })
  const mine = app.client(links, { token: app.as(newId()) })
  const theirs = app.client(links, { token: app.as(newId()) })
  return { app, mine, theirs }
}

test("tags are counted, renamed and removed on their owner's links only", async t => {
  const { app, mine, theirs } = await open(t)
  await mine.createLink({ url, tags: ['a', 'b'] })
  const both = await mine.createLink({ url, tags: ['a', 'news'] })
  const other = await theirs.createLink({ url, tags: ['a'] })
  assert.deepEqual((await mine.listTags({})).data, [
    { tag: 'a', links: 2 },
    { tag: 'b', links: 1 },
    { tag: 'news', links: 1 },
  ])
  assert.deepEqual(await mine.renameTag({ tag: 'a', name: 'news' }), { links: 2 })
  assert.deepEqual((await mine.getLink({ id: both.id })).tags, ['news'])
  assert.deepEqual((await mine.listTags({})).data[0], { tag: 'news', links: 2 })
  assert.deepEqual(await mine.deleteTag({ tag: 'news' }), { links: 2 })
  assert.deepEqual((await mine.listTags({})).data, [{ tag: 'b', links: 1 }])
  assert.deepEqual((await theirs.getLink({ id: other.id })).tags, ['a'])
  await assert.rejects(mine.renameTag({ tag: 'b', name: '' }), { code: 'validation-failed' })
  await assert.rejects(mine.deleteTag({ tag: '\u0000' }), { code: 'validation-failed' })
  await assert.rejects(app.client(links).listTags({}), { code: 'unauthenticated' })
})

test('folder names are unique per owner, and deleting a folder keeps its links', async t => {
  const { app, mine, theirs } = await open(t)
  const folder = await mine.createFolder({ name: ' Campaigns ' })
  assert.deepEqual([folder.name, folder.links], ['Campaigns', 0])
  await assert.rejects(mine.createFolder({ name: 'campaigns' }), { code: 'links.folder-exists', status: 409 })
  await theirs.createFolder({ name: 'Campaigns' })
  const link = await mine.createLink({ url, folderId: folder.id })
  const loose = await mine.createLink({ url })
  assert.equal(link.folderId, folder.id)
  const inside = await mine.listLinks({ folderId: folder.id })
  assert.deepEqual(
    inside.data.map(({ id }) => id),
    [link.id],
  )
  await mine.updateLink({ id: loose.id, folderId: folder.id })
  assert.equal((await mine.listFolders({})).data[0]?.links, 2)
  await mine.updateLink({ id: loose.id, folderId: null })
  const other = await mine.createFolder({ name: 'Other' })
  await assert.rejects(mine.renameFolder({ id: other.id, name: 'CAMPAIGNS' }), { code: 'links.folder-exists' })
  assert.equal((await mine.renameFolder({ id: folder.id, name: 'CAMPAIGNS' })).name, 'CAMPAIGNS')
  // A folder of another account is unknown here.
  for (const use of [
    () => theirs.createLink({ url, folderId: folder.id }),
    () => app.client(links).createLink({ url, folderId: folder.id }),
  ]) {
    await assert.rejects(use(), error =>
      ['links.folder-unknown', 'unauthenticated'].includes((error as { code: string }).code),
    )
  }
  await assert.rejects(theirs.renameFolder({ id: folder.id, name: 'x' }), { code: 'not-found' })
  await assert.rejects(theirs.deleteFolder({ id: folder.id }), { code: 'not-found' })
  assert.deepEqual((await theirs.listLinks({ folderId: folder.id })).data, [])
  await mine.deleteFolder({ id: folder.id })
  assert.equal((await mine.getLink({ id: link.id })).folderId, null)
})

test('an archived link leaves the list, can return, and still redirects', async t => {
  const { app, mine } = await open(t)
  const link = await mine.createLink({ url })
  const archived = await mine.updateLink({ id: link.id, isArchived: true })
  assert.ok(archived.archivedAt)
  assert.deepEqual((await mine.listLinks({})).data, [])
  assert.equal((await mine.listLinks({ isArchived: true })).data[0]?.id, link.id)
  assert.equal((await app.http.inject(`/s/${link.code}`)).statusCode, 302)
  assert.equal((await mine.updateLink({ id: link.id, isArchived: false })).archivedAt, null)
  assert.equal((await mine.listLinks({})).data.length, 1)
})

test("find-if-exists returns the owner's existing link to the same address, also under a race", async t => {
  const { app, mine, theirs } = await open(t)
  const first = await mine.createLink({ url })
  assert.equal((await mine.createLink({ url, findIfExists: true })).id, first.id)
  assert.notEqual((await mine.createLink({ url })).id, first.id)
  assert.notEqual((await theirs.createLink({ url, findIfExists: true })).id, first.id)
  assert.notEqual((await mine.createLink({ url: `${url}/`, findIfExists: true })).id, first.id)
  const anonymous = app.client(links)
  const a = await anonymous.createLink({ url, findIfExists: true })
  assert.notEqual((await anonymous.createLink({ url, findIfExists: true })).id, a.id)
  const fresh = 'https://example.org/fresh'
  const made = await Promise.all(Array.from({ length: 8 }, () => mine.createLink({ url: fresh, findIfExists: true })))
  assert.equal(new Set(made.map(({ id }) => id)).size, 1)
  await mine.updateLink({ id: made[0]?.id ?? '', isArchived: true })
  assert.notEqual((await mine.createLink({ url: fresh, findIfExists: true })).id, made[0]?.id)
})

test('lists can be sorted by clicks, page by page', async t => {
  const { app, mine } = await open(t)
  const { sql } = app.db('links')
  for (const clicks of [3, 0, 7, 7, 1]) {
    const link = await mine.createLink({ url, title: String(clicks) })
    await sql`
      insert into click_totals (link_id, clicks, bots, last_clicked_at) values (${link.id}, ${clicks}, 0, now())`
  }
  const seen: (string | null)[] = []
  let cursor: string | undefined
  do {
    const page = await mine.listLinks({ sort: '-clicks', limit: 2, cursor })
    seen.push(...page.data.map(({ title }) => title))
    cursor = page.meta.nextCursor ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(seen, ['7', '7', '3', '1', '0'])
  const byTime = await mine.listLinks({ limit: 1 })
  const foreign = byTime.meta.nextCursor ?? ''
  await assert.rejects(mine.listLinks({ sort: '-clicks', cursor: foreign }), { code: 'validation-failed' })
})

test('setting UTM parameters changes nothing else of the address', async t => {
  const { mine } = await open(t)
  for (const [before, after] of [
    ['https://example.org', 'https://example.org?utm_source=a%20b%26c'],
    ['https://example.org/?q=a+b&x=%7E#part', 'https://example.org/?q=a+b&x=%7E&utm_source=a%20b%26c#part'],
    ['https://example.org/?utm_source=old&utm_medium=m', 'https://example.org/?utm_medium=m&utm_source=a%20b%26c'],
    ['https://example.org/#a?b', 'https://example.org/?utm_source=a%20b%26c#a?b'],
  ] as const) {
    assert.equal(withUtm(before, { source: 'a b&c' }), after)
  }
  const link = await mine.createLink({ url, utm: { source: 'mail', campaign: 'spring' } })
  assert.equal(link.url, `${url}?utm_source=mail&utm_campaign=spring`)
  const changed = await mine.updateLink({ id: link.id, utm: { campaign: 'autumn' } })
  assert.equal(changed.url, `${url}?utm_source=mail&utm_campaign=autumn`)
  await assert.rejects(mine.createLink({ url, utm: { source: '' } }), { code: 'validation-failed' })
})

test('explicit UTM values win over the template, and deleting the template leaves its links unchanged', async t => {
  const { app, mine, theirs } = await open(t)
  const utm = { source: 'mail', medium: 'newsletter' }
  const { id } = await mine.createUtmTemplate({ name: ' Newsletter ', utm })
  await assert.rejects(mine.createUtmTemplate({ name: 'newsletter', utm }), {
    code: 'links.utm-template-exists',
    status: 409,
  })
  const other = await mine.createUtmTemplate({ name: 'Autumn', utm: { campaign: 'autumn' } })
  assert.deepEqual(
    (await mine.listUtmTemplates({})).data.map(({ name }) => name),
    ['Autumn', 'Newsletter'],
  )
  const link = await mine.createLink({ url, utmTemplateId: id, utm: { medium: 'weekly', campaign: 'spring' } })
  assert.equal(link.url, `${url}?utm_source=mail&utm_medium=weekly&utm_campaign=spring`)
  const { results } = await mine.createLinks({
    links: [
      { url, utmTemplateId: id },
      { url, utmTemplateId: newId() },
    ],
  })
  assert.equal(results[0]?.link?.url, `${url}?utm_source=mail&utm_medium=newsletter`)
  assert.equal(results[1]?.problem?.code, 'links.utm-template-unknown')
  const changed = await mine.updateUtmTemplate({ id, name: 'Letters', utm: { source: 'letter' } })
  assert.deepEqual([changed.name, changed.utm], ['Letters', { source: 'letter' }])
  assert.equal((await mine.updateUtmTemplate({ id, name: 'LETTERS' })).utm.source, 'letter')
  await assert.rejects(mine.updateUtmTemplate({ id: other.id, name: 'letters' }), { code: 'links.utm-template-exists' })
  for (const wrong of [{}, { source: '' }, { sauce: 'mail' }]) {
    await assert.rejects(mine.createUtmTemplate({ name: 'Wrong', utm: wrong }), { code: 'validation-failed' })
  }

  await assert.rejects(theirs.createLink({ url, utmTemplateId: id }), {
    code: 'links.utm-template-unknown',
    status: 400,
  })
  await assert.rejects(app.client(links).createLink({ url, utmTemplateId: id }), { code: 'links.utm-template-unknown' })
  await assert.rejects(theirs.updateUtmTemplate({ id, name: 'Mine' }), { code: 'not-found' })
  await assert.rejects(theirs.deleteUtmTemplate({ id }), { code: 'not-found' })
  assert.deepEqual((await theirs.listUtmTemplates({})).data, [])

  await mine.deleteUtmTemplate({ id })
  await assert.rejects(mine.createLink({ url, utmTemplateId: id }), { code: 'links.utm-template-unknown' })
  assert.match((await mine.getLink({ id: link.id })).url, /utm_source=mail/)
})
