/**
 * Measures a durable append: `node bench/append.ts [--seconds 0.5] [--rounds 20] [--dir …]`. 64 writers run in
 * lockstep, like 64 connections: each appends its next record when the last one is durable.
 */
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openJournal } from '../src/index.ts'
import { click, inTurn, quantile, type Variant, variants } from './variants.ts'

const writers = 64
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '20' },
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

async function measure({ disk, append }: Variant): Promise<Result> {
  const dir = mkdtempSync(join(values.dir, 'journal-bench-'))
  const journal = await openJournal({ dir, disk, diskBytesMax: Number.MAX_SAFE_INTEGER })
  const latenciesMs: number[] = []
  const startMs = performance.now()
  const endMs = startMs + durationMs
  const write = (resolve: () => void) => {
    const sentMs = performance.now()
    if (sentMs > endMs) return resolve()
    append(journal, click, () => {
      latenciesMs.push(performance.now() - sentMs)
      write(resolve)
    })
  }
  await Promise.all(Array.from({ length: writers }, () => new Promise<void>(write)))
  const tookMs = performance.now() - startMs
  const { commits } = journal.stats()
  await journal.close()
  rmSync(dir, { recursive: true })
  return {
    perSecond: (latenciesMs.length / tookMs) * 1000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    perCommit: latenciesMs.length / commits,
  }
}

/** The disk alone: synchronous durable writes of 64 clicks, one after the other, over zeros. */
function measureDiskMs(): number {
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

await measure(variants[0] as Variant)
console.log(`one durable write of ${writers} clicks, nothing else: ${measureDiskMs().toFixed(3)} ms`)
const results = new Map<string, Result[]>(variants.map(({ name }) => [name, []]))
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const variant of inTurn(variants, round)) results.get(variant.name)?.push(await measure(variant))
}
for (const [name, rounds] of results) {
  const spread = (key: keyof Result, digits: number) => {
    const numbers = rounds.map(round => round[key])
    const [low, middle, high] = [0.25, 0.5, 0.75].map(share => quantile(numbers, share).toFixed(digits))
    return `${middle} (${low}–${high})`
  }
  const latency = `p50 ms ${spread('p50Ms', 2)}  p99 ms ${spread('p99Ms', 2)}`
  console.log(
    `${name.padEnd(22)} appends/s ${spread('perSecond', 0)}  ${latency}  per commit ${spread('perCommit', 0)}`,
  )
}
