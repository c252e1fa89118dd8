/** The current journal and the rejected options, each as a disk. */
import { constants, open } from 'node:fs'
import { promisify } from 'node:util'
import { type Disk, type Journal, nodeDisk } from '../src/index.ts'

/** About the size of a click record of links. */
export const click =
  '{"linkId":"0193a1b2-0000-7000-8000-00000000abcd","at":1763711111111,"referrer":"","agent":"curl/8.5"}'

export type Append = (journal: Journal, record: string, done: () => void) => void

export interface Variant {
  readonly name: string
  readonly disk: Disk
  readonly append: Append
}

const withCallback: Append = (journal, record, done) => journal.append(record, done)
const withPromise: Append = async (journal, record, done) => {
  await journal.append(record)
  done()
}

const openPlain = promisify(open)
/** Two hops through the thread pool instead of one. */
const writeThenSync: Disk = {
  ...nodeDisk,
  writesAreDurable: false,
  open: (path, how) =>
    openPlain(path, constants.O_RDWR | (how === 'create' ? constants.O_CREAT | constants.O_TRUNC : 0), 0o600),
}
/** Without zeros written ahead, every commit extends the file. */
const growing: Disk = {
  ...nodeDisk,
  write: (file, bytes, position, done) => {
    const isReserve = bytes.byteLength > 4096 && bytes[bytes.byteLength - 1] === 0
    if (!isReserve) return nodeDisk.write(file, bytes, position, done)
    // A new segment arrives as header and zeros in one write.
    nodeDisk.write(file, bytes.subarray(0, 36), position, error => done(error, bytes.byteLength))
  },
}
/** Shows the remaining cost when the disk costs nothing. */
const noDisk: Disk = {
  ...nodeDisk,
  writesAreDurable: true,
  write: (_file, bytes, _position, done) => setImmediate(done, null, bytes.byteLength),
}

export const variants: Variant[] = [
  { name: 'callback', disk: nodeDisk, append: withCallback },
  { name: 'promise', disk: nodeDisk, append: withPromise },
  { name: 'write, then fdatasync', disk: writeThenSync, append: withCallback },
  { name: 'into a growing file', disk: growing, append: withCallback },
  { name: 'no disk, callback', disk: noDisk, append: withCallback },
  { name: 'no disk, promise', disk: noDisk, append: withPromise },
]

/** A different order each round, because the disk work of one run disturbs the next. */
export function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

/** The quantile of `values` for `share`: that share of them is smaller. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN
}
