import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { migrateDown, migrateUp, migrationStatus, openDb } from '../src/index.ts'

const original = new URL('./sample-migrations/', import.meta.url)

async function folder(t: Test) {
  const path = await mkdtemp(join(tmpdir(), 'octet-migrations-'))
  defer(t, () => rm(path, { recursive: true, force: true }))
  await cp(original, path, { recursive: true })
  return { path, set: { module: 'migrate_test', folder: pathToFileURL(`${path}/`) } }
}

test('up, down and status agree, and up again does nothing', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  assert.deepEqual(await migrateUp(url, [set]), [
    'migrate_test/floor/0001_floor',
    'migrate_test/floor/0002_streams',
    'migrate_test/floor/0003_refused_turns',
    'migrate_test/0001_things',
    'migrate_test/0002_names',
  ])
  assert.deepEqual(await migrateUp(url, [set]), [])
  assert.deepEqual(await migrateDown(url, set, 1), ['migrate_test/0002_names'])
  const status = await migrationStatus(url, [set])
  assert.deepEqual(
    status.map(({ id, appliedAt }) => [id, appliedAt !== null]),
    [
      ['floor/0001_floor', true],
      ['floor/0002_streams', true],
      ['floor/0003_refused_turns', true],
      ['0001_things', true],
      ['0002_names', false],
    ],
  )
  assert.deepEqual(await migrateUp(url, [set]), ['migrate_test/0002_names'])
})

test('every way down undoes its way up', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  await migrateUp(url, [set])
  await migrateDown(url, set, 10)
  const db = openDb({ url, schema: 'migrate_test' })
  defer(t, () => db.close())
  const tables = await db.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'migrate_test' order by 1`
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['idempotency_keys', 'inbox', 'outbox', 'stream_events', 'stream_turns', 'streams'],
  )
})

test('a migration edited after it was applied is refused', async t => {
  const url = await testDatabase(t, [])
  const { path, set } = await folder(t)
  await migrateUp(url, [set])
  await writeFile(join(path, '0001_things.sql'), 'create table other (id int);\n-- down\ndrop table other;\n')
  await assert.rejects(migrateUp(url, [set]), /0001_things was edited after it was applied/)
})

test('a migration that fails leaves nothing behind and says which it was', async t => {
  const url = await testDatabase(t, [])
  const { path, set } = await folder(t)
  await writeFile(
    join(path, '0003_broken.sql'),
    'create table half (id int); select nonsense;\n-- down\ndrop table half;\n',
  )
  await assert.rejects(migrateUp(url, [set]), /migrate_test\/0003_broken \(up\) failed: .*nonsense/)
  const db = openDb({ url, schema: 'migrate_test' })
  defer(t, () => db.close())
  assert.equal((await db.sql`select 1 from information_schema.tables where table_name = 'half'`).length, 0)
})

test('a migration without a way down, or with a bad name, is refused', async t => {
  const url = await testDatabase(t, [])
  const { path, set } = await folder(t)
  await writeFile(join(path, '0003_oneway.sql'), 'create table x (id int);\n')
  await assert.rejects(migrateUp(url, [set]), /0003_oneway\.sql: no way down/)
  await rm(join(path, '0003_oneway.sql'))
  await writeFile(join(path, '3-bad.sql'), 'select 1;\n-- down\nselect 1;\n')
  await assert.rejects(migrateUp(url, [set]), /name a migration 0001_what_it_does\.sql/)
})

test('servers that start together migrate once', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  const applied = await Promise.all([migrateUp(url, [set]), migrateUp(url, [set]), migrateUp(url, [set])])
  assert.equal(applied.flat().length, 5)
})
