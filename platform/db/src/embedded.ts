/** Starts and stops an embedded PostgreSQL, so that Octet runs with only Node installed. */

import { join } from 'node:path'
import type Postgres from 'postgres'
import { lockDataDir } from './data-dir.ts'
import { postgres } from './driver.ts'
import { locateBinaries } from './embedded-binaries.ts'
import { checkCluster, createCluster, ownerOf, readPassword, superuser } from './embedded-cluster.ts'
import { chooseLauncher, giveTo, openTo } from './embedded-launcher.ts'
import { openServerLog } from './embedded-log.ts'
import { stopOrphan } from './embedded-orphan.ts'
import { removeRemains } from './embedded-remains.ts'
import { type Server, startServer } from './embedded-server.ts'

/** The part of the platform's log that is used: fields first, then a constant sentence. */
export interface EmbeddedLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface EmbeddedOptions {
  /** A directory for PostgreSQL alone; created if missing. It holds the data, the log, the port and a lock. */
  readonly dir: string
  readonly log: EmbeddedLog
  /** Logs each step that a person may have to wait for. */
  readonly onProgress?: (step: string) => void
  /** `false` loses data when the machine crashes. For tests only. */
  readonly durable?: boolean
  readonly connectionsMax?: number
}

export interface EmbeddedPostgres {
  /** The URL of the database `octet`, as superuser, with the password. */
  readonly url: string
  /** The port on 127.0.0.1. It stays the same over restarts unless another program takes it. */
  readonly port: number
  readonly pid: number
  /** Resolves with the reason when PostgreSQL ends unexpectedly; it is not restarted. */
  readonly lost: Promise<string>
  /** Fast shutdown: open transactions are rolled back. After 8 s it is killed, and it recovers at the next start. */
  stop(): Promise<void>
}

const database = 'octet'
const connectTimeoutSeconds = 10
const statementTimeoutMs = 30_000

/**
 * Starts PostgreSQL in `dir`. It creates the database if missing, and cleans up after an earlier, killed run. Call it
 * from the main thread: on Linux PostgreSQL shuts down when the calling thread ends. Throws {@link DataDirLockedError}
 * when another server uses `dir`. If PostgreSQL cannot run, it throws an error that explains what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { durable = true, connectionsMax = 200, onProgress = () => undefined, log } = options
  const lock = await lockDataDir(options.dir)
  const undo: (() => Promise<void>)[] = [() => lock.release()]
  async function undoAll(): Promise<void> {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const dir = lock.dir
    const dataDir = join(dir, 'data')
    await removeRemains(dir).catch(error => log.warn({ dir, error }, 'could not remove the files of a killed start'))
    const binaries = await locateBinaries()
    const owner = await ownerOf(dataDir)
    const launcher = await chooseLauncher(binaries, owner)
    await openTo(launcher, dir)
    if (owner) {
      await checkCluster(dataDir, launcher)
      if (await stopOrphan(dataDir)) log.warn({ dataDir }, 'stopped the PostgreSQL of an earlier run')
      await giveTo(launcher, dataDir)
    } else {
      onProgress('Creating the database')
      await createCluster({ dir, binaries, launcher, durable })
    }

    onProgress(`Starting PostgreSQL ${launcher.version}`)
    const serverLog = await openServerLog(join(dir, 'postgres.log'))
    undo.push(() => serverLog.close())
    const server = await startServer({ dir, dataDir, binaries, launcher, serverLog, durable, connectionsMax })
    undo.push(() => server.end())

    const password = await readPassword(dataDir)
    await prepareDatabase({ port: server.port, password, durable })
    log.info({ port: server.port, pid: server.pid, version: launcher.version }, 'PostgreSQL is up')
    return watch({ server, password, stop: undoAll, log })
  } catch (error) {
    await undoAll()
    throw error
  }
}

function watch(parts: {
  server: Server
  password: string
  stop: () => Promise<void>
  log: EmbeddedLog
}): EmbeddedPostgres {
  const { server, password, log } = parts
  let stopping: Promise<void> | undefined
  const lost = new Promise<string>(resolve => {
    void server.ended.then(reason => {
      if (stopping) return
      log.error({ pid: server.pid, reason }, 'PostgreSQL ended unexpectedly')
      resolve(reason)
    })
  })
  return {
    url: urlOf({ port: server.port, password, database }),
    port: server.port,
    pid: server.pid,
    lost,
    stop() {
      stopping ??= parts.stop()
      return stopping
    },
  }
}

function urlOf(parts: { port: number; password: string; database: string }): string {
  return `postgres://${superuser}:${parts.password}@127.0.0.1:${parts.port}/${parts.database}`
}

/** Logs in, creates the database if missing, and refuses settings that would lose acknowledged rows. */
async function prepareDatabase(parts: { port: number; password: string; durable: boolean }): Promise<void> {
  const { port, password, durable } = parts
  try {
    await assertSafe(urlOf({ port, password, database }), durable)
  } catch (error) {
    const isMissing = (error as { code?: string }).code === '3D000'
    if (!isMissing) throw error
    await withConnection(urlOf({ port, password, database: 'postgres' }), sql => sql`create database ${sql(database)}`)
    await assertSafe(urlOf({ port, password, database }), durable)
  }
}

/** Asks the session itself: a setting of the role or of the database would override the command line. */
async function assertSafe(url: string, durable: boolean): Promise<void> {
  const unsafe = await withConnection(
    url,
    sql => sql<{ name: string; setting: string }[]>`
      select name, setting
        from pg_catalog.pg_settings
       where name in ('fsync', 'synchronous_commit', 'full_page_writes')
         and setting <> 'on'`,
  )
  if (!durable || unsafe.length === 0) return
  const list = unsafe.map(row => `${row.name} is ${row.setting}`).join(', ')
  throw new Error(`The database would lose data in a crash: ${list}. Remove that setting (alter role, alter database).`)
}

async function withConnection<T>(url: string, use: (sql: Postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: connectTimeoutSeconds,
    fetch_types: false,
    connection: { statement_timeout: statementTimeoutMs },
  })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
