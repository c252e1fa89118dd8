/** Numbered SQL migrations: a schema and a role per module, up, down and status. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { openPool, roleOf } from './connect.ts'
import type { Columns } from './privacy.ts'

export interface Migration {
  /** `floor/0001_floor` or `0001_links`; unique within the module. */
  readonly id: string
  readonly up: string
  readonly down: string
  readonly checksum: string
}

export interface MigrationSet {
  readonly module: string
  /** Folder of `NNNN_name.sql`; each file is the way up, a line `-- down`, and the way down. */
  readonly folder: URL
  /** What its columns say of people; a schema in an installation without it fails the completeness test. */
  readonly columns?: Columns
}

export interface MigrationStatus {
  readonly module: string
  readonly id: string
  readonly appliedAt: string | null
}

/** Any 64-bit number will do, as long as every Octet uses the same. */
const migrationLock = 6_031_769_911
const floorFolder = new URL('../migrations/', import.meta.url)
const lockTimeoutMs = 60_000

/** Reads a folder of migrations, in order of number. Throws when a file has no way down or a number repeats. */
async function readMigrations(folder: URL, prefix = ''): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  const numbers = new Set<string>()
  for (const name of names) {
    const path = fileURLToPath(new URL(name, folder))
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]
    if (number === undefined) throw new Error(`${path}: name a migration 0001_what_it_does.sql`)
    if (numbers.has(number)) throw new Error(`${path}: the number ${number} is used twice`)
    numbers.add(number)
    const text = await readFile(path, 'utf8')
    const parts = text.split(/^-- down\s*$/m)
    if (parts.length !== 2 || parts[1]?.trim() === '')
      throw new Error(`${path}: no way down (a line "-- down", then SQL)`)
    const checksum = createHash('sha256').update(text).digest('hex')
    migrations.push({ id: prefix + basename(name, '.sql'), up: parts[0] ?? '', down: parts[1] ?? '', checksum })
  }
  return migrations
}

async function allMigrations(set: MigrationSet): Promise<Migration[]> {
  return [...(await readMigrations(floorFolder, 'floor/')), ...(await readMigrations(set.folder))]
}

/**
 * Brings every module's schema up to date, one transaction per migration, under a lock so that servers starting
 * together do not collide. Returns what was applied. Throws when an applied migration was edited since.
 */
export function migrateUp(url: string, sets: readonly MigrationSet[]): Promise<string[]> {
  return withLock(url, async pool => {
    const applied: string[] = []
    for (const set of sets) {
      await ensureSchema(pool, set.module)
      const done = await appliedOf(pool, set.module)
      for (const migration of await allMigrations(set)) {
        const known = done.get(migration.id)
        if (known !== undefined) {
          if (known.checksum !== migration.checksum) {
            throw new Error(
              `migration ${set.module}/${migration.id} was edited after it was applied; add a new one instead`,
            )
          }
          continue
        }
        await runMigration(pool, set.module, migration, 'up')
        applied.push(`${set.module}/${migration.id}`)
      }
    }
    return applied
  })
}

/** Takes back the newest `steps` migrations of one module (not the floor's). Returns what was taken back. */
export function migrateDown(url: string, set: MigrationSet, steps: number): Promise<string[]> {
  return withLock(url, async pool => {
    const done = await appliedOf(pool, set.module)
    const candidates = (await readMigrations(set.folder)).filter(migration => done.has(migration.id))
    const taken: string[] = []
    for (const migration of candidates.reverse().slice(0, steps)) {
      await runMigration(pool, set.module, migration, 'down')
      taken.push(`${set.module}/${migration.id}`)
    }
    return taken
  })
}

/** Every migration of every module, and when it was applied. */
export function migrationStatus(url: string, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  return withLock(url, async pool => {
    const status: MigrationStatus[] = []
    for (const set of sets) {
      const done = await appliedOf(pool, set.module)
      for (const { id } of await allMigrations(set)) {
        status.push({ module: set.module, id, appliedAt: done.get(id)?.appliedAt ?? null })
      }
    }
    return status
  })
}

async function withLock<T>(url: string, run: (pool: postgres.Sql) => Promise<T>): Promise<T> {
  // One connection: the lock is the session's, and every migration runs in that session.
  const pool = openPool(url, { connectionsMax: 1 })
  try {
    await pool`
      select set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, false), set_config('statement_timeout', '0', false)`
    await pool`select pg_advisory_lock(${migrationLock})`
    await pool`create schema if not exists platform`
    await pool`
      create table if not exists platform.migrations (
        module     text        not null,
        id         text        not null,
        checksum   text        not null,
        applied_at timestamptz not null default now(),
        primary key (module, id)
      )`
    return await run(pool)
  } finally {
    await pool.end({ timeout: 5 })
  }
}

async function ensureSchema(pool: postgres.Sql, module: string): Promise<void> {
  const role = roleOf(module)
  const [known] = await pool`select 1 from pg_roles where rolname = ${role}`
  if (known === undefined) {
    // Roles belong to the cluster, so a server of another database may create the same one at the same moment.
    await pool`create role ${pool(role)} nologin`.catch(error => {
      if (error.code !== '42710' && error.code !== '23505') throw error
    })
  }
  await pool`grant ${pool(role)} to current_user`.catch(error => {
    if (error.code !== '0LP01' && error.code !== 'XX000') throw error // already, or granted at the same moment
  })
  await pool`create schema if not exists ${pool(module)} authorization ${pool(role)}`
}

async function appliedOf(pool: postgres.Sql, module: string) {
  const rows = await pool<{ id: string; checksum: string; applied_at: string }[]>`
    select id, checksum, applied_at from platform.migrations where module = ${module}`
  return new Map(rows.map(row => [row.id, { checksum: row.checksum, appliedAt: row.applied_at }]))
}

async function runMigration(
  pool: postgres.Sql,
  module: string,
  migration: Migration,
  way: 'up' | 'down',
): Promise<void> {
  try {
    await pool.begin(async sql => {
      await sql`select set_config('search_path', ${module}, true)`
      await sql`set local role ${sql(roleOf(module))}`
      await sql.unsafe(migration[way])
      await sql`reset role`
      if (way === 'up') {
        await sql`
          insert into platform.migrations (module, id, checksum)
          values (${module}, ${migration.id}, ${migration.checksum})`
      } else {
        await sql`delete from platform.migrations where module = ${module} and id = ${migration.id}`
      }
    })
  } catch (error) {
    throw new Error(`migration ${module}/${migration.id} (${way}) failed: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
