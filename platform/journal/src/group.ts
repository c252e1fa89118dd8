/** The records of one group commit: a growing buffer of frames, and the waiters for them. */
import { frameHeaderBytes, sealFrame } from './frame.ts'
import type { JournalError } from './journal-error.ts'

/** Called once, after `append` has returned: without an error the record is durable. */
export type AppendDone = (error: JournalError | null) => void

export interface Group {
  bytes: Buffer
  usedBytes: number
  readonly waiters: AppendDone[]
}

const firstBytes = 64 * 1024

export function newGroup(): Group {
  return { bytes: Buffer.allocUnsafeSlow(firstBytes), usedBytes: 0, waiters: [] }
}

/** Empties a durable group for the next records, and keeps its memory. */
export function emptyGroup(group: Group): void {
  group.usedBytes = 0
  group.waiters.length = 0
}

/** Frames `record` behind the others unless its frame is longer than `freeBytes`; returns the frame's bytes or 0. */
export function addRecord(
  group: Group,
  record: Uint8Array | string,
  options: { freeBytes: number; seed: number },
): number {
  const isText = typeof record === 'string'
  // UTF-8 takes at most 3 bytes per UTF-16 unit; the exact length is computed only when that is too much.
  let recordBytesAtMost = isText ? record.length * 3 : record.byteLength
  if (isText && frameHeaderBytes + recordBytesAtMost > options.freeBytes) recordBytesAtMost = Buffer.byteLength(record)
  if (frameHeaderBytes + recordBytesAtMost > options.freeBytes) return 0

  const at = group.usedBytes
  ensureRoom(group, at + frameHeaderBytes + recordBytesAtMost)
  let recordBytes = recordBytesAtMost
  if (isText) recordBytes = group.bytes.write(record, at + frameHeaderBytes)
  else group.bytes.set(record, at + frameHeaderBytes)
  sealFrame(group.bytes, { at, recordBytes, isFirst: at === 0, seed: options.seed })
  group.usedBytes = at + frameHeaderBytes + recordBytes
  return frameHeaderBytes + recordBytes
}

function ensureRoom(group: Group, neededBytes: number): void {
  if (neededBytes <= group.bytes.byteLength) return
  let sizeBytes = group.bytes.byteLength
  while (sizeBytes < neededBytes) sizeBytes *= 2
  const larger = Buffer.allocUnsafeSlow(sizeBytes)
  group.bytes.copy(larger, 0, 0, group.usedBytes)
  group.bytes = larger
}
