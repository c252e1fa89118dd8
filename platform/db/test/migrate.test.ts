import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { defer, type Test, testDatabase } from '@octet/testkit'
import { migrateDown, migrateUp, migrationStatus, openDb } from '../src/index.ts'

/** What every module's schema gets first. */
const floorIds = (await readdir(new URL('../migrations/', import.meta.url)))
  .sort()
  .map(name => `floor/${basename(name, '.sql')}`)
const original = new URL('./sample-migrations/', import.meta.url)

async function folder(t: Test) {
  const path = await mkdtemp(join(tmpdir(), 'octet-migrations-'))
  defer(t, () => rm(path, { recursive: true, force: true }))
  await cp(original, path, { recursive: true })
  return { path, set: { module: 'migrate_test', folder: pathToFileURL(`${path}/`) } }
}

test('up, down and status agree, and a second up does nothing', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  assert.deepEqual((await migrateUp(url, [set])).applied, [
    ...floorIds.map(id => `migrate_test/${id}`),
    'migrate_test/0001_things',
    'migrate_test/0002_names',
  ])
  assert.deepEqual(await migrateUp(url, [set]), { applied: [], newer: [] })
  assert.deepEqual(await migrateDown(url, set, 1), ['migrate_test/0002_names'])
  const status = await migrationStatus(url, [set])
  assert.deepEqual(
    status.map(({ id, appliedAt }) => [id, appliedAt !== null]),
    [...floorIds.map(id => [id, true]), ['0001_things', true], ['0002_names', false]],
  )
  assert.deepEqual((await migrateUp(url, [set])).applied, ['migrate_test/0002_names'])
})

test('every down migration undoes its up migration', async t => {
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

test('a failed migration leaves nothing behind and is named', async t => {
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

test('a migration without a down part, or with a bad name, is refused', async t => {
  const url = await testDatabase(t, [])
  const { path, set } = await folder(t)
  await writeFile(join(path, '0003_oneway.sql'), 'create table x (id int);\n')
  await assert.rejects(migrateUp(url, [set]), /0003_oneway\.sql: no way down/)
  await rm(join(path, '0003_oneway.sql'))
  await writeFile(join(path, '3-bad.sql'), 'select 1;\n-- down\nselect 1;\n')
  await assert.rejects(migrateUp(url, [set]), /name a migration 0001_what_it_does\.sql/)
})

const breaking = [
  'drop table things',
  'alter table things drop value',
  'alter table things\n  add a int,\n  drop column value',
  'alter table things rename value to worth',
  'alter table things rename to goods',
  'alter table things alter value type bigint',
  'alter table things alter column value set not null',
  'alter table things add owner uuid not null',
]
const harmless = [
  "alter table things add owner text not null default 'drop table things'",
  'alter table things add a int, add constraint things_a check (a is not null)',
  'alter table things drop constraint things_value, alter column value drop not null',
  'create table drops (a int not null) -- drop table things',
  'create function f() returns void language sql as $$ drop table things $$',
  'drop index things_value',
]

test('a migration that may break the previous release must declare it, with the reason', async t => {
  const url = await testDatabase(t, [])
  const { path, set } = await folder(t)
  const file = join(path, '0003_change.sql')
  const read = async (up: string) => {
    await writeFile(file, `${up};\n-- down\nselect 1;\n`)
    await migrationStatus(url, [set])
  }
  for (const up of breaking)
    await assert.rejects(read(up), /0003_change\.sql: .*begin it with "-- contract: <why>"/, up)
  for (const up of harmless) await read(up)
  await read(`-- contract: the release before reads it\n${breaking[0]}`)
  await read(`-- expand: nothing ever read it\n${breaking[1]}`)
  await assert.rejects(read(`-- contract\n${breaking[0]}`), /say why: "-- contract: <reason>"/)
})

/** The migrations of the next release: a column that old code tolerates, then the removal of one. */
async function nextRelease(t: Test, withContract: boolean) {
  const { path, set } = await folder(t)
  await writeFile(
    join(path, '0003_owner.sql'),
    'alter table things add owner uuid;\n-- down\nalter table things drop owner;\n',
  )
  if (withContract) {
    const up = '-- contract: the release before reads name\nalter table things drop name;'
    await writeFile(join(path, '0004_no_name.sql'), `${up}\n-- down\nalter table things add name text;\n`)
    await writeFile(join(path, '0005_colour.sql'), 'alter table things add colour text;\n-- down\nselect 1;\n')
  }
  return set
}

test('code runs on a newer database that only expanded, and learns the newer migrations', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  await migrateUp(url, [await nextRelease(t, false)])
  assert.deepEqual(await migrateUp(url, [set]), { applied: [], newer: ['migrate_test/0003_owner'] })
  const [last] = (await migrationStatus(url, [set])).slice(-1)
  assert.deepEqual([last?.id, last?.isKnown], ['0003_owner', false])
  await assert.rejects(migrateDown(url, set, 1), /a newer release applied migrate_test\/0003_owner; revert that first/)
})

test('code refuses a newer database that contracted, with the reason and the way to revert', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  const own = await nextRelease(t, true)
  // A capability's migrations sort after the module's, and `migrate down` does not revert them.
  const hooks = await mkdtemp(join(tmpdir(), 'octet-migrations-'))
  defer(t, () => rm(hooks, { recursive: true, force: true }))
  await writeFile(join(hooks, '0001_hooks.sql'), 'create table hooks (id int);\n-- down\ndrop table hooks;\n')
  const next = { ...own, shared: [{ name: 'webhooks', folder: pathToFileURL(`${hooks}/`) }] }
  await migrateUp(url, [next])
  await assert.rejects(migrateUp(url, [set, { module: 'migrate_more', folder: set.folder }]), ({ message }: Error) => {
    assert.match(message, /newer than this release: .* a migration that this one cannot run on/)
    assert.match(message, /migrate_test\/0004_no_name: the release before reads name/)
    assert.match(message, /npm run migrate -- down migrate_test 2$/m)
    return true
  })
  const kept = openDb({ url, schema: 'migrate_test' })
  defer(t, () => kept.close())
  const schemas = await kept.sql`select 1 from pg_namespace where nspname = 'migrate_more'`
  assert.equal(schemas.length, 0, 'nothing was applied before the refusal')
  await migrateDown(url, next, 2)
  const newer = ['migrate_test/0003_owner', 'migrate_test/webhooks/0001_hooks']
  assert.deepEqual(await migrateUp(url, [set]), { applied: [], newer })
})

test('servers that start together migrate once', async t => {
  const url = await testDatabase(t, [])
  const { set } = await folder(t)
  const applied = await Promise.all([migrateUp(url, [set]), migrateUp(url, [set]), migrateUp(url, [set])])
  assert.equal(applied.flatMap(({ applied }) => applied).length, floorIds.length + 2)
})
