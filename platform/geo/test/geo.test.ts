import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { geoDatabase } from '@octet/testkit'
import { emptyGeoLookup, openGeoLookup } from '../src/index.ts'

const database = await geoDatabase(
  { after },
  {
    '192.0.2.0/24': { country: { iso_code: 'DE' }, city: { names: { en: 'Köln' } } },
    '198.51.100.0/25': { country: { iso_code: 'FR' } },
    '198.51.100.128/25': { city: { names: { en: 'Atlantis' } } },
  },
)

test('an address has the location that the database gives it; an unknown or malformed one has none', async () => {
  const geo = await openGeoLookup({ database })
  assert.deepEqual(geo.placeOf('192.0.2.77'), { country: 'DE', city: 'Köln' })
  assert.deepEqual(geo.placeOf('198.51.100.1'), { country: 'FR' })
  for (const address of ['198.51.100.200', '203.0.113.1', '2001:db8::1', '', 'x'.repeat(500)]) {
    assert.equal(geo.placeOf(address), undefined, address)
  }
})

test("the proxy's header wins over the database, unless it holds no country", async () => {
  const geo = await openGeoLookup({ database, countryHeader: 'CF-IPCountry' })
  assert.equal(geo.countryHeader, 'cf-ipcountry')
  assert.deepEqual(geo.placeOf('192.0.2.77', 'at'), { country: 'AT' })
  for (const given of ['XX', 'T1', '', 'Germany', '<b>']) {
    assert.equal(geo.placeOf('192.0.2.77', given)?.country, 'DE', given)
  }
})

test('without a source no address has a location, and an unreadable database stops the start', async t => {
  assert.equal(await openGeoLookup({}), emptyGeoLookup)
  const dir = await mkdtemp(join(tmpdir(), 'octet-geo-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const broken = join(dir, 'broken.mmdb')
  await writeFile(broken, 'not a database')
  await assert.rejects(openGeoLookup({ database: broken }), /geo database .*broken\.mmdb cannot be read/)
  await assert.rejects(openGeoLookup({ database: join(dir, 'none') }), /cannot be read: ENOENT/)
})
