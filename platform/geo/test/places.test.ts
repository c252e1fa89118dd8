import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { nowhere, openPlaces } from '../src/index.ts'
import { tinyMmdb } from './tiny-mmdb.ts'

let dir = ''
let database = ''
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'octet-geo-'))
  database = join(dir, 'city.mmdb')
  const networks = {
    '192.0.2.0/24': { country: { iso_code: 'DE' }, city: { names: { en: 'Köln' } } },
    '198.51.100.0/25': { country: { iso_code: 'FR' } },
    '198.51.100.128/25': { city: { names: { en: 'Atlantis' } } },
  }
  await writeFile(database, tinyMmdb(networks))
})
after(() => rm(dir, { recursive: true, force: true }))

test('an address is where the database says; one it does not know, or no address at all, is nowhere', async () => {
  const places = await openPlaces({ database })
  assert.deepEqual(places.placeOf('192.0.2.77'), { country: 'DE', city: 'Köln' })
  assert.deepEqual(places.placeOf('198.51.100.1'), { country: 'FR' })
  for (const address of ['198.51.100.200', '203.0.113.1', '2001:db8::1', '', 'x'.repeat(500)]) {
    assert.equal(places.placeOf(address), undefined, address)
  }
})

test("a proxy's word goes before the database, unless it says nothing", async () => {
  const places = await openPlaces({ database, countryHeader: 'CF-IPCountry' })
  assert.equal(places.countryHeader, 'cf-ipcountry')
  assert.deepEqual(places.placeOf('192.0.2.77', 'at'), { country: 'AT' })
  for (const given of ['XX', 'T1', '', 'Germany', '<b>']) {
    assert.equal(places.placeOf('192.0.2.77', given)?.country, 'DE', given)
  }
})

test('without either every address is nowhere, and a file that is no database stops the start', async () => {
  assert.equal(await openPlaces({}), nowhere)
  const broken = join(dir, 'broken.mmdb')
  await writeFile(broken, 'not a database')
  await assert.rejects(openPlaces({ database: broken }), /geo database .*broken\.mmdb cannot be read/)
  await assert.rejects(openPlaces({ database: join(dir, 'none') }), /cannot be read: ENOENT/)
})
