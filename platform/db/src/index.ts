export {
  type Db,
  type EventData,
  openDb,
  openPool,
  ping,
  roleOf,
  type Tx,
  transactionInProgress,
} from './connect.ts'
export { countRows } from './count.ts'
export { type DataDirLock, lockDataDir } from './data-dir.ts'
export { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
export { isUnstorableText, outageDetail, outageOf, uniqueViolation } from './errors.ts'
export { newId } from './id.ts'
export { type Migrated, type MigrationStatus, migrateDown, migrateUp, migrationStatus } from './migrate.ts'
export type { MigrationSet } from './migration-files.ts'
export { forgetOld, type IdempotencyKey, isFirstDelivery, type Recall, runOnce } from './once.ts'
export {
  type Columns,
  countRemembered,
  each,
  floorColumns,
  forgetPerson,
  migrationColumns,
  type Retained,
  retain,
  type Treatment,
} from './privacy.ts'
export { type SentQuery, watchSent } from './query-watch.ts'
export { reportSlowQueries, type SlowQuery, type SlowQueryOptions } from './slow-queries.ts'
export type { Queryable, Sql } from './sql.ts'
export {
  type Appended,
  readEvents,
  readHeads,
  type StreamHead,
  skipTurn,
  type Turn,
} from './streams.ts'
