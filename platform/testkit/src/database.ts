/** A database per test: cloned from a template that is migrated once per run. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type MigrationSet, migrateUp, newId, openPool } from '@octet/db'
import { defer, type Test } from './cleanup.ts'

/** Any 64-bit number: one process at a time builds or clones a template. */
const templateLock = 6_031_769_913

/** A superuser's address on the run's PostgreSQL. `npm test` starts one and says where it is. */
function testServerUrl(): string {
  const url = process.env.OCTET_TEST_DATABASE_URL
  if (url === undefined) throw new Error('no test database: run tests by `npm test -- <part of a file name>`')
  return url
}

/** A fresh database with these migrations, gone when the test ends. Returns its URL. */
export async function testDatabase(t: Test, sets: readonly MigrationSet[]): Promise<string> {
  const server = testServerUrl()
  const template = `octet_template_${await fingerprint(sets)}`
  const name = `octet_test_${newId().replaceAll('-', '')}`
  const admin = openPool(server, { connectionsMax: 1 })
  try {
    await admin`select pg_advisory_lock(${templateLock})`
    const [known] = await admin`select 1 from pg_database where datname = ${template} and datistemplate`
    if (known === undefined) {
      await admin`drop database if exists ${admin(template)}`
      await admin`create database ${admin(template)}`
      await migrateUp(withDatabase(server, template), sets)
      await admin`alter database ${admin(template)} is_template true`
    }
    // Block by block through the log, which is the default, takes several times as long.
    await admin`create database ${admin(name)} template ${admin(template)} strategy file_copy`
  } finally {
    await admin.end({ timeout: 5 })
  }
  defer(t, async () => {
    const dropper = openPool(server, { connectionsMax: 1 })
    await dropper`drop database if exists ${dropper(name)} with (force)`.finally(() => dropper.end({ timeout: 5 }))
  })
  return withDatabase(server, name)
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

async function fingerprint(sets: readonly MigrationSet[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { module, folder } of sets) {
    hash.update(module)
    for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(new URL(file, folder)))
  }
  return hash.digest('hex').slice(0, 16)
}
