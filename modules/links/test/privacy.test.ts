import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { erasePerson, exportedRows, testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

test('erasing a person deletes their links, keeps those of others, and never reuses their codes', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const [person, other] = [newId(), newId()]
  const mine = app.client(links, { token: app.as(person) })
  const theirs = app.client(links, { token: app.as(other) })
  const { code } = await mine.createLink({ url: 'https://example.org/private', alias: 'ada-home', title: 'My home' })
  await theirs.createLink({ url: 'https://example.org/theirs' })
  await mine.createUtmTemplate({ name: 'Letters', utm: { source: 'my-letters' } })
  const exported = JSON.stringify(await exportedRows(app, linksModule, person))
  assert.match(exported, /example\.org\/private/)
  assert.match(exported, /my-letters/)
  assert.doesNotMatch(exported, /theirs/)
  assert.equal(await erasePerson(app, linksModule, person), 0)
  assert.equal(await erasePerson(app, linksModule, person), 0, 'erasing bears repetition')
  const [row] = await app.db('links').sql`select url, title, owner_id from links where code = ${code}`
  assert.deepEqual(row, { url: '', title: null, owner_id: null })
  await assert.rejects(theirs.createLink({ url: 'https://example.org/x', alias: 'ADA-home' }), {
    code: 'links.alias-taken',
  })
  assert.equal((await theirs.listLinks({})).data.length, 1)
})
