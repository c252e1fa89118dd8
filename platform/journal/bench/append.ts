/**
 * What a durable append costs: `node bench/append.ts [--seconds 2] [--rounds 3] [--dir /path/on/the/disk/in/question]`.
 * 64 writers in lockstep, each appending its next record when the last one is durable, as 64 connections do.
 */

import * as fs from 'node:fs'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { type Disk, type Journal, nodeDisk, openJournal } from '../src/index.ts'

const writers = 64
const click = '{"linkId":"0193a1b2-0000-7000-8000-00000000abcd","at":1763711111111,"referrer":"","agent":"curl/8.5"}'
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const durationMs = Number(values.seconds) * 1000

interface Result {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perCommit: number
}
type Append = (journal: Journal, done: () => void) => void

const withCallback: Append = (journal, done) => journal.append(click, done)
const withPromise: Append = async (journal, done) => {
  await journal.append(click)
  done()
}

/** Two hops through the thread pool instead of one. */
const openPlain = promisify(fs.open)
const writeThenSync: Disk = {
  ...nodeDisk,
  writesAreDurable: false,
  open: (path, how) =>
    openPlain(path, constants.O_RDWR | (how === 'create' ? constants.O_CREAT | constants.O_TRUNC : 0), 0o600),
}
/** Without the zeros written ahead: every commit makes the file longer. */
const growing: Disk = {
  ...nodeDisk,
  write: (file, bytes, position, done) => {
    const isReserve = bytes.byteLength > 4096 && bytes[bytes.byteLength - 1] === 0
    if (!isReserve) return nodeDisk.write(file, bytes, position, done)
    // A new segment comes as header and zeros in one write.
    nodeDisk.write(file, bytes.subarray(0, 36), position, error => done(error, bytes.byteLength))
  },
}
/** What is left when the disk costs nothing. */
const noDisk: Disk = {
  ...nodeDisk,
  writesAreDurable: true,
  write: (_file, bytes, _position, done) => setImmediate(done, null, bytes.byteLength),
}

async function measure(disk: Disk, append: Append): Promise<Result> {
  const dir = mkdtempSync(join(values.dir, 'journal-bench-'))
  const journal = await openJournal({ dir, disk, diskBytesMax: Number.MAX_SAFE_INTEGER })
  const latenciesMs: number[] = []
  const startMs = performance.now()
  const endMs = startMs + durationMs
  await Promise.all(
    Array.from(
      { length: writers },
      () =>
        new Promise<void>(resolve => {
          const next = () => {
            const sentMs = performance.now()
            if (sentMs > endMs) return resolve()
            append(journal, () => {
              latenciesMs.push(performance.now() - sentMs)
              next()
            })
          }
          next()
        }),
    ),
  )
  const tookMs = performance.now() - startMs
  const { commits } = journal.stats()
  await journal.close()
  rmSync(dir, { recursive: true })
  latenciesMs.sort((a, b) => a - b)
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? Number.NaN
  return {
    perSecond: Math.round((latenciesMs.length / tookMs) * 1000),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    perCommit: Math.round(latenciesMs.length / commits),
  }
}

/** The disk alone: one synchronous durable write of a group of 64 clicks after the other, over zeros. */
function measureDisk(): number {
  const dir = mkdtempSync(join(values.dir, 'journal-bench-'))
  const file = openSync(join(dir, 'zeros'), constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC)
  const group = Buffer.alloc(writers * (click.length + 8), 'x')
  const times = 500
  writeSync(file, Buffer.alloc(group.byteLength * times), 0)
  const startMs = performance.now()
  for (let index = 0; index < times; index += 1) writeSync(file, group, 0, group.byteLength, index * group.byteLength)
  const perWriteMs = (performance.now() - startMs) / times
  closeSync(file)
  rmSync(dir, { recursive: true })
  return perWriteMs
}

const variants: [name: string, disk: Disk, append: Append][] = [
  ['callback', nodeDisk, withCallback],
  ['promise', nodeDisk, withPromise],
  ['write, then fdatasync', writeThenSync, withCallback],
  ['into a growing file', growing, withCallback],
  ['disk that costs nothing', noDisk, withCallback],
  ['… promise', noDisk, withPromise],
]
await measure(nodeDisk, withCallback)
console.log(`one durable write of ${writers} clicks, nothing else: ${measureDisk().toFixed(3)} ms`)
const results = new Map<string, Result[]>()
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, disk, append] of variants) {
    results.set(name, [...(results.get(name) ?? []), await measure(disk, append)])
  }
}
for (const [name, rounds] of results) {
  const median = rounds.sort((a, b) => a.perSecond - b.perSecond)[rounds.length >> 1] as Result
  const { perSecond, p50Ms, p99Ms, perCommit } = median
  console.log(
    `${name.padEnd(24)} ${String(perSecond).padStart(8)} appends/s  p50 ${p50Ms.toFixed(2)} ms  ` +
      `p99 ${p99Ms.toFixed(2)} ms  ${perCommit} per commit`,
  )
}
