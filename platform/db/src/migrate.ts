/** Numbered SQL migrations: a schema and a role per module, with up, down and status. */
import type postgres from 'postgres'
import { openPool, roleOf } from './connect.ts'
import { type Migration, type MigrationSet, readMigrations } from './migration-files.ts'

export interface Migrated {
  /** `<module>/<id>` of the migrations that were just applied, in order. */
  readonly applied: readonly string[]
  /** `<module>/<id>` of migrations from a newer release that this code does not know but can run on. */
  readonly newer: readonly string[]
}

export interface MigrationStatus {
  readonly module: string
  readonly id: string
  readonly appliedAt: string | null
  /** The reason why the previous release cannot run on it; `null` when it can. */
  readonly contract: string | null
  /** False for migrations that a newer release applied. */
  readonly isKnown: boolean
}

interface AppliedRow {
  readonly module: string
  readonly id: string
  readonly checksum: string
  readonly applied_at: string
  readonly contract: string | null
}

/** A migration set with its files and its state in the database. */
interface Schema {
  readonly module: string
  readonly migrations: readonly Migration[]
  readonly applied: ReadonlyMap<string, AppliedRow>
}

/** Any 64-bit number works, if every Octet uses the same. */
const migrationLock = 6_031_769_911
const lockTimeoutMs = 60_000

/**
 * Updates every module's schema, one transaction per migration, under a lock so that concurrent server starts do not
 * collide. Before it applies anything, it throws when an applied migration was edited. It also throws when a newer
 * release applied a migration that this code cannot run on.
 */
export function migrateUp(url: string, sets: readonly MigrationSet[]): Promise<Migrated> {
  return withLock(url, async pool => {
    const rows = await appliedRows(pool)
    const schemas = await readSchemas(sets, rows)
    const newer = unknownRows(schemas, rows)
    refuseNewer(newer)
    refuseEdited(schemas)
    const applied: string[] = []
    for (const { module, migrations, applied: done } of schemas) {
      await ensureSchema(pool, module)
      for (const migration of migrations) {
        if (done.has(migration.id)) continue
        await runMigration(pool, module, migration, 'up')
        applied.push(`${module}/${migration.id}`)
      }
    }
    return { applied, newer: newer.map(nameOf) }
  })
}

/**
 * Reverts the newest `steps` migrations of one module, except those it shares with others. Returns their names. Throws
 * when a newer release has applied its own on top of them.
 */
export function migrateDown(url: string, set: MigrationSet, steps: number): Promise<string[]> {
  return withLock(url, async pool => {
    const rows = (await appliedRows(pool)).filter(({ module }) => module === set.module)
    const schemas = await readSchemas([set], rows)
    const newer = unknownRows(schemas, rows)
    if (newer.length > 0) {
      throw new Error(`a newer release applied ${newer.map(nameOf).join(', ')}; revert that first, with that release`)
    }
    const candidates = schemas.flatMap(({ migrations, applied }) => {
      return migrations.filter(migration => applied.has(migration.id) && isOwn(migration))
    })
    const taken: string[] = []
    for (const migration of candidates.reverse().slice(0, steps)) {
      await runMigration(pool, set.module, migration, 'down')
      taken.push(`${set.module}/${migration.id}`)
    }
    return taken
  })
}

/** Every migration of every module with its time, followed by those of a newer release. */
export function migrationStatus(url: string, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  return withLock(url, async pool => {
    const rows = await appliedRows(pool)
    const schemas = await readSchemas(sets, rows)
    const known = schemas.flatMap(({ module, migrations, applied }) => {
      return migrations.map(({ id, contract = null }) => {
        return { module, id, appliedAt: applied.get(id)?.applied_at ?? null, contract, isKnown: true }
      })
    })
    const newer = unknownRows(schemas, rows).map(({ module, id, applied_at, contract }) => {
      return { module, id, appliedAt: applied_at, contract, isKnown: false }
    })
    return [...known, ...newer]
  })
}

async function withLock<T>(url: string, run: (pool: postgres.Sql) => Promise<T>): Promise<T> {
  // One connection: the lock belongs to the session, and every migration runs in that session.
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
    // Stores why older code cannot run on it: that code sees the row, but not the file.
    await pool`alter table platform.migrations add column if not exists contract text`
    return await run(pool)
  } finally {
    await pool.end({ timeout: 5 })
  }
}

function appliedRows(pool: postgres.Sql): Promise<AppliedRow[]> {
  return pool<AppliedRow[]>`
    select module, id, checksum, applied_at, contract from platform.migrations order by module, id`
}

async function readSchemas(sets: readonly MigrationSet[], rows: readonly AppliedRow[]): Promise<Schema[]> {
  const schemas: Schema[] = []
  for (const set of sets) {
    const own = rows.filter(({ module }) => module === set.module)
    const applied = new Map(own.map(row => [row.id, row]))
    schemas.push({ module: set.module, migrations: await readMigrations(set), applied })
  }
  return schemas
}

function unknownRows(schemas: readonly Schema[], rows: readonly AppliedRow[]): AppliedRow[] {
  const known = new Set(schemas.flatMap(({ module, migrations }) => migrations.map(({ id }) => `${module}/${id}`)))
  return rows.filter(row => !known.has(nameOf(row)))
}

/** Whether `migrate down` can revert it: it is the module's own, not one that modules share. */
function isOwn({ id }: { readonly id: string }): boolean {
  return !id.includes('/')
}

function nameOf({ module, id }: Pick<AppliedRow, 'module' | 'id'>): string {
  return `${module}/${id}`
}

/**
 * Throws when the database has migrations that this code neither knows nor can run on. The message explains how to
 * revert.
 */
function refuseNewer(newer: readonly AppliedRow[]): void {
  const breaking = newer.filter(({ contract }) => contract !== null)
  if (breaking.length === 0) return
  const count = breaking.length === 1 ? 'a migration' : `${breaking.length} migrations`
  const own = newer.filter(isOwn)
  const ways = [...new Set(own.map(({ module }) => module))].flatMap(module => {
    const ofModule = own.filter(row => row.module === module)
    const oldest = ofModule.findIndex(({ contract }) => contract !== null)
    return oldest === -1 ? [] : [`  npm run migrate -- down ${module} ${ofModule.length - oldest}`]
  })
  throw new Error(
    [
      `the database is newer than this release: a newer one applied ${count} that this one cannot run on`,
      ...breaking.map(row => `  ${nameOf(row)}: ${row.contract}`),
      ways.length === 0
        ? 'Start the newer release again.'
        : 'Start the newer release again, or use it to revert its migrations, which may lose data:',
      ...ways,
    ].join('\n'),
  )
}

function refuseEdited(schemas: readonly Schema[]): void {
  for (const { module, migrations, applied } of schemas) {
    for (const { id, checksum } of migrations) {
      const known = applied.get(id)
      if (known === undefined || known.checksum === checksum) continue
      throw new Error(`migration ${module}/${id} was edited after it was applied; add a new one instead`)
    }
  }
}

async function ensureSchema(pool: postgres.Sql, module: string): Promise<void> {
  const role = roleOf(module)
  const [known] = await pool`select 1 from pg_roles where rolname = ${role}`
  if (known === undefined) {
    // Roles belong to the cluster, so a server of another database may create the same one concurrently.
    await pool`create role ${pool(role)} nologin`.catch(error => {
      if (error.code !== '42710' && error.code !== '23505') throw error
    })
  }
  await pool`grant ${pool(role)} to current_user`.catch(error => {
    if (error.code !== '0LP01' && error.code !== 'XX000') throw error // exists already, or was granted concurrently
  })
  await pool`create schema if not exists ${pool(module)} authorization ${pool(role)}`
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
          insert into platform.migrations (module, id, checksum, contract)
          values (${module}, ${migration.id}, ${migration.checksum}, ${migration.contract ?? null})`
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
