/** What Octet keeps of people, for every module there is and those added tomorrow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPool } from '@octet/db'
import { migrationsOf } from '@octet/runtime'
import { howToClassify, privacyFindings, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const sets = migrationsOf(modules)

test('every column of every schema is classified, and nothing is that does not exist', async t => {
  const url = await testDatabase(t, sets)
  const findings = await privacyFindings(url, sets)
  assert.equal(findings.length, 0, `${findings.join('\n')}\n${howToClassify}`)
})

test('the comparison goes red on a planted column, table and schema, and on a column that is gone', async t => {
  const url = await testDatabase(t, sets)
  const pool = openPool(url, { connectionsMax: 1 })
  await pool.unsafe(`
    alter table links.links add note text;
    create table identity.diaries (page text);
    create schema planted; create table planted.secrets (secret text);
    alter table links.links drop column is_example cascade`)
  await pool.end({ timeout: 5 })
  const findings = await privacyFindings(url, sets)
  const before = new Set(await privacyFindings(await testDatabase(t, sets), sets))
  const planted = findings.filter(finding => !before.has(finding))
  const named = planted.map(finding => finding.split(' ', 1)[0])
  assert.deepEqual(named, [
    'identity.diaries.page',
    'links.links.note',
    'planted.secrets.secret',
    'links.links.is_example',
  ])
})
