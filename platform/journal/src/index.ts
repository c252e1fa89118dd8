/** An append-only segment log with group commit, and a shipper that delivers it to a sink exactly once. */

export { type Disk, nodeDisk, type SyncDone, type WriteDone } from './disk.ts'
export type { AppendDone } from './group.ts'
export { type Journal, type JournalOptions, type JournalStats, openJournal } from './journal.ts'
export { JournalError, type JournalErrorCode, type Log } from './journal-error.ts'
export type { Position } from './segments.ts'
export { type Batch, type ShipOptions, type Shipper, type ShipperStats, ship } from './ship.ts'
