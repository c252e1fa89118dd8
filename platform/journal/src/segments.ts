/** The directory of a journal: its id, its segments and the end of the records in each. */
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { type Disk, readFully, writeDurably } from './disk.ts'
import { decodeHeader, encodeHeader, headerBytes, type SegmentHeader, scanTail } from './frame.ts'
import { JournalError, type Log } from './journal-error.ts'

const writeAll = promisify(writeDurably)

/** A position between two records. The start of a journal is segment 0, offset 0. */
export interface Position {
  readonly segment: number
  /** Bytes from the start of the segment's file. */
  readonly offset: number
}

export interface Segment {
  readonly number: number
  readonly previousEndBytes: number
  /** The end of its durable records. Grows with each commit; nothing after it is ever read. */
  endBytes: number
}

export interface SegmentStore {
  readonly disk: Disk
  readonly dir: string
  readonly log: Log
  /** A UUID from the first opening of the directory. */
  readonly id: string
  readonly idBytes: Buffer
  /** The start value of every checksum. */
  readonly seed: number
  /** Oldest first. The last one is never deleted, because numbering continues from its number. */
  readonly segments: Segment[]
}

const segmentName = /^(\d{10})\.segment$/
const idName = 'journal.id'
const unfinishedSuffix = '.unfinished'

export function segmentPath(store: SegmentStore, number: number): string {
  return join(store.dir, `${String(number).padStart(10, '0')}.segment`)
}

/**
 * Opens or creates the directory, removes incomplete files, reads the headers and finds the end of the last segment.
 * Flushes the last segment first, because shipped records must survive a power cut. Throws `unusable` for a directory
 * whose contents are inconsistent, and the disk's own errors.
 */
export async function openSegments(options: { disk: Disk; dir: string; log: Log }): Promise<SegmentStore> {
  const { disk, dir } = options
  await disk.makeDirectory(dir)
  await disk.syncDirectory(dirname(dir))
  const names = await disk.list(dir)
  for (const name of names) if (name.endsWith(unfinishedSuffix)) await disk.remove(join(dir, name))
  const numbers = names.flatMap(name => segmentName.exec(name)?.[1] ?? []).map(Number)
  const id = await loadId({ disk, dir, hasId: names.includes(idName), hasSegments: numbers.length > 0 })
  const idBytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  const store: SegmentStore = { ...options, id, idBytes, seed: crc32(idBytes), segments: [] }

  for (const number of numbers.sort((a, b) => a - b)) store.segments.push(await loadSegment(store, number))
  for (const [index, segment] of store.segments.entries()) {
    const next = store.segments[index + 1]
    segment.endBytes =
      next?.number === segment.number + 1 ? next.previousEndBytes : await findEnd(store, segment.number)
  }
  return store
}

async function loadId(place: { disk: Disk; dir: string; hasId: boolean; hasSegments: boolean }): Promise<string> {
  const { disk, dir } = place
  if (!place.hasId) {
    if (place.hasSegments) {
      throw new JournalError('unusable', `${dir} has segments but no ${idName}, so it is unknown which were shipped`)
    }
    const id = randomUUID()
    await disk.close(await createFile(disk, join(dir, idName), Buffer.from(`${id}\n`, 'latin1')))
    return id
  }
  const file = await disk.open(join(dir, idName), 'existing')
  try {
    const text = (await readFully(disk, file, Buffer.alloc(64), 0)).toString('latin1').trim()
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) {
      throw new JournalError('unusable', `${join(dir, idName)} does not hold a UUID but ${JSON.stringify(text)}`)
    }
    return text
  } finally {
    await disk.close(file)
  }
}

async function loadSegment(store: SegmentStore, number: number): Promise<Segment> {
  const path = segmentPath(store, number)
  const file = await store.disk.open(path, 'existing')
  try {
    const header = decodeHeader(store.idBytes, await readFully(store.disk, file, Buffer.alloc(headerBytes), 0))
    // Segments get their name only when the header is durable: no crash leaves a bad header.
    const problem =
      typeof header === 'string' ? header : header.number !== number ? 'its header has another number' : ''
    if (typeof header === 'string' || problem) {
      throw new JournalError('unusable', `${path} is damaged: ${problem}. Restore it, or move it away and lose it`)
    }
    return { number, previousEndBytes: header.previousEndBytes, endBytes: headerBytes }
  } finally {
    await store.disk.close(file)
  }
}

async function findEnd(store: SegmentStore, number: number): Promise<number> {
  const { disk, log } = store
  const path = segmentPath(store, number)
  const file = await disk.open(path, 'existing')
  try {
    await promisify(disk.sync)(file)
    const bytes = await readFully(disk, file, Buffer.allocUnsafe(await disk.sizeBytes(file)), 0)
    const { endBytes, tornBytes, damagedAt } = scanTail(bytes, store.seed)
    if (tornBytes > 0) log.warn({ path, endBytes, tornBytes }, 'cut off an unfinished write, never acknowledged')
    for (const offset of damagedAt) log.error({ path, offset }, 'journal record is damaged; later ones are kept')
    return endBytes
  } finally {
    await disk.close(file)
  }
}

/** Creates a file that is complete or absent after a crash; returns its descriptor. */
async function createFile(disk: Disk, path: string, bytes: Buffer): Promise<number> {
  const unfinished = `${path}${unfinishedSuffix}`
  const file = await disk.open(unfinished, 'create')
  try {
    await writeAll(disk, { file, position: 0 }, bytes)
    await disk.rename(unfinished, path)
    await disk.syncDirectory(dirname(path))
    return file
  } catch (error) {
    // The leftover is harmless: the next attempt replaces it, and opening removes it.
    await disk.close(file).catch(() => {})
    throw error
  }
}

/**
 * Creates the next segment and seals the last one at its durable end, in one atomic step: the new header contains that
 * end. Returns the open descriptor; the segment is in `store.segments`.
 */
export async function createSegment(
  store: SegmentStore,
  sizeBytes: number,
): Promise<{ segment: Segment; file: number }> {
  const last = store.segments.at(-1)
  const header: SegmentHeader = { number: (last?.number ?? 0) + 1, previousEndBytes: last?.endBytes ?? 0 }
  const bytes = Buffer.alloc(sizeBytes)
  encodeHeader(store.idBytes, header).copy(bytes)
  const file = await createFile(store.disk, segmentPath(store, header.number), bytes)
  const segment: Segment = { ...header, endBytes: headerBytes }
  store.segments.push(segment)
  return { segment, file }
}

/** Deletes shipped segments: those that end at or before `shipped`, except the last one. */
export async function deleteShipped(store: SegmentStore, shipped: Position): Promise<void> {
  for (;;) {
    const [oldest, next] = store.segments
    if (oldest === undefined || next === undefined) return
    const isShipped =
      oldest.number < shipped.segment || (oldest.number === shipped.segment && oldest.endBytes <= shipped.offset)
    if (!isShipped) return
    await store.disk.remove(segmentPath(store, oldest.number))
    store.segments.shift()
  }
}
