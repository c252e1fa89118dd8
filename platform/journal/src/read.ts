/** Reads durable records back in batches, and reports missing or damaged ones. */
import { promisify } from 'node:util'
import { readFully, writeDurably } from './disk.ts'
import { findFrame, frameAt, frameHeaderBytes, headerBytes } from './frame.ts'
import { type Position, type SegmentStore, segmentPath } from './segments.ts'

const writeAll = promisify(writeDurably)

export interface ReadLimits {
  readonly recordsMax: number
  /** A single longer record is read anyway. */
  readonly bytesMax: number
}

export interface Records {
  /** Views into one buffer made for this read. Empty when nothing could be read. */
  readonly records: Buffer[]
  /** The position after the last record. */
  readonly to: Position
  /** Records before `to` are damaged or missing and were skipped. */
  readonly isLoss: boolean
}

/** The start of every journal. */
export const journalStart: Position = { segment: 0, offset: 0 }

export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset)
}

/** The position after the last durable record. */
export function endOf(store: SegmentStore): Position {
  const last = store.segments.at(-1)
  return last === undefined ? journalStart : { segment: last.number, offset: last.endBytes }
}

/** Bytes of durable frames after `from`. */
export function unreadBytes(store: SegmentStore, from: Position): number {
  let sumBytes = 0
  for (const segment of store.segments) {
    if (segment.number < from.segment) continue
    const start = segment.number === from.segment ? Math.max(from.offset, headerBytes) : headerBytes
    sumBytes += Math.max(0, segment.endBytes - start)
  }
  return sumBytes
}

/**
 * The next records after `from`, all of one segment; undefined at the end. Damaged records are logged as an error,
 * saved next to the segment and skipped. If the sink stopped at one bad sector, the disk would fill up. Throws the
 * disk's own errors.
 */
export async function readRecords(
  store: SegmentStore,
  from: Position,
  limits: ReadLimits,
): Promise<Records | undefined> {
  const next = nextUnread(store, from)
  if (next === undefined) return undefined
  const { start, endBytes, isGap } = next
  if (isGap) {
    store.log.error({ dir: store.dir, from, to: start }, 'journal: records are missing, a segment is gone')
    return { records: [], to: start, isLoss: true }
  }
  const chunkBytes = Math.max(limits.bytesMax, frameHeaderBytes)
  let chunk = await readRange(store, start, Math.min(start.offset + chunkBytes, endBytes))
  const first = frameAt(chunk, 0, store.seed)
  if (first.kind === 'cut' && start.offset + first.neededBytes <= endBytes) {
    chunk = await readRange(store, start, start.offset + first.neededBytes)
  }
  const { records, usedBytes } = recordsIn(chunk, store.seed, limits.recordsMax)
  if (records.length === 0) return skipDamage(store, start, endBytes)
  return { records, to: { ...start, offset: start.offset + usedBytes }, isLoss: false }
}

/** The first segment with unread records. `isGap`: earlier segments are gone before all of their records were read. */
function nextUnread(
  store: SegmentStore,
  from: Position,
): { start: Position; endBytes: number; isGap: boolean } | undefined {
  let at = from
  let isGap = false
  for (const { number, previousEndBytes, endBytes } of store.segments) {
    if (number < at.segment) continue
    if (number > at.segment) {
      isGap ||= number > at.segment + 1 || at.offset < previousEndBytes
      at = { segment: number, offset: headerBytes }
    }
    if (at.offset < endBytes || isGap) return { start: at, endBytes, isGap }
  }
  return undefined
}

function recordsIn(chunk: Buffer, seed: number, recordsMax: number): { records: Buffer[]; usedBytes: number } {
  const records: Buffer[] = []
  let usedBytes = 0
  while (records.length < recordsMax) {
    const frame = frameAt(chunk, usedBytes, seed)
    if (frame.kind !== 'record') break
    const from = usedBytes + frameHeaderBytes
    usedBytes = from + frame.recordBytes
    records.push(chunk.subarray(from, usedBytes))
  }
  return { records, usedBytes }
}

async function skipDamage(store: SegmentStore, start: Position, endBytes: number): Promise<Records> {
  const rest = await readRange(store, start, endBytes)
  const good = findFrame(rest, { from: 1, seed: store.seed, firstOnly: false })
  const lost = good === -1 ? rest : rest.subarray(0, good)
  const to: Position = { segment: start.segment, offset: good === -1 ? endBytes : start.offset + good }
  const path = segmentPath(store, start.segment)
  const copy = `${path}.${start.offset}.damaged`
  store.log.error(
    { path, offset: start.offset, lostBytes: to.offset - start.offset, copy },
    'journal: damaged records are skipped; their bytes are kept',
  )
  await keepDamaged(store, copy, lost)
  return { records: [], to, isLoss: true }
}

async function keepDamaged(store: SegmentStore, path: string, bytes: Buffer): Promise<void> {
  const file = await store.disk.open(path, 'create')
  try {
    await writeAll(store.disk, { file, position: 0 }, bytes)
  } finally {
    await store.disk.close(file)
  }
}

/** The bytes of a segment from a position to an offset; fewer when the file is too short. */
async function readRange(store: SegmentStore, start: Position, toOffset: number): Promise<Buffer> {
  const file = await store.disk.open(segmentPath(store, start.segment), 'existing')
  try {
    return await readFully(store.disk, file, Buffer.allocUnsafeSlow(toOffset - start.offset), start.offset)
  } finally {
    await store.disk.close(file)
  }
}
