/** Tests that the edit form sends only what the user changed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Link } from '@octet/contracts/links'
import { changeOf, differencesOf, editValuesOf, isChanged } from '../src/features/links/manage/edit-values.ts'

const zone = 'Europe/Berlin'
const link: Link = {
  id: '01900000-0000-7000-8000-000000000000',
  code: 'abc',
  domain: null,
  folderId: null,
  archivedAt: null,
  shortUrl: 'http://localhost:3000/s/abc',
  url: 'https://example.org/a',
  title: null,
  tags: ['x'],
  expiresAt: '2026-12-01T11:00:30.123456Z',
  clicksMax: 5,
  hasPassword: true,
  isExample: false,
  hasRouting: false,
  hasPublicStats: false,
  clicks: 0,
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
  version: 1,
}

test('an untouched form sends no change, not even for the seconds of the expiry', () => {
  const change = changeOf(editValuesOf(link, zone), link, zone)
  assert.deepEqual(change, {})
  assert.equal(isChanged(change), false)
})

test('emptied fields are removed, typed ones are set, and others are omitted', () => {
  const base = editValuesOf(link, zone)
  const values = { ...base, url: 'example.org/b', title: ' T ', expiresAt: '', clicksMax: '', tags: [] }
  assert.deepEqual(changeOf(values, link, zone), {
    url: 'https://example.org/b',
    title: 'T',
    expiresAt: null,
    clicksMax: null,
    tags: [],
  })
  assert.deepEqual(changeOf({ ...base, password: 'new' }, link, zone), { password: 'new' })
  assert.deepEqual(changeOf({ ...base, isPasswordRemoved: true }, link, zone), { password: null })
})

test('a conflict shows only the differences, and never a password', () => {
  const theirs = { ...link, url: 'https://example.org/theirs', title: 'Theirs', version: 2 }
  assert.deepEqual(differencesOf(theirs, { url: 'https://example.org/mine', title: 'Theirs' }), [
    { field: 'url', theirs: 'https://example.org/theirs', mine: 'https://example.org/mine' },
  ])
  assert.deepEqual(differencesOf(theirs, { password: 'secret' }), [{ field: 'password', theirs: '••••', mine: '••••' }])
})
