/**
 * Compares two ways to append on a busy machine: `node bench/pairs.ts [--pairs 60]`. Each pair runs both for 0.3 s in
 * random order, and the side with more wins is better. 39 wins of 60 have p < 0.03 by the sign test. But twelve
 * comparisons run at once, so believe only 42 wins or more.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openJournal } from '../src/index.ts'
import { click, quantile, type Variant, variants } from './variants.ts'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '60' } } })
const pairs = Number(values.pairs)
const sliceMs = 300
const writers = 64
const lowerIsBetter = { secondsPerAppend: 'time per append', p50Ms: 'p50', p99Ms: 'p99', cpuUs: 'CPU' } as const
type Measure = keyof typeof lowerIsBetter

async function slice({ disk, append }: Variant): Promise<Record<Measure, number>> {
  const dir = mkdtempSync(join(tmpdir(), 'journal-bench-'))
  const journal = await openJournal({ dir, disk, diskBytesMax: Number.MAX_SAFE_INTEGER })
  const cpuBefore = process.cpuUsage()
  const latenciesMs: number[] = []
  const startMs = performance.now()
  const write = (resolve: () => void) => {
    const sentMs = performance.now()
    if (sentMs > startMs + sliceMs) return resolve()
    append(journal, click, () => {
      latenciesMs.push(performance.now() - sentMs)
      write(resolve)
    })
  }
  await Promise.all(Array.from({ length: writers }, () => new Promise<void>(write)))
  const tookMs = performance.now() - startMs
  const cpu = process.cpuUsage(cpuBefore)
  await journal.close()
  rmSync(dir, { recursive: true })
  return {
    secondsPerAppend: tookMs / 1000 / latenciesMs.length,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    cpuUs: (cpu.user + cpu.system) / latenciesMs.length,
  }
}

const [chosen, ...others] = variants.filter(({ name }) => !name.startsWith('no disk')) as [Variant, ...Variant[]]
await slice(chosen)
for (const other of others) {
  const ratios: Record<Measure, number>[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const isChosenFirst = Math.random() < 0.5
    const first = await slice(isChosenFirst ? chosen : other)
    const second = await slice(isChosenFirst ? other : chosen)
    const [a, b] = isChosenFirst ? [first, second] : [second, first]
    const ratio = (key: Measure) => a[key] / b[key]
    ratios.push({
      secondsPerAppend: ratio('secondsPerAppend'),
      p50Ms: ratio('p50Ms'),
      p99Ms: ratio('p99Ms'),
      cpuUs: ratio('cpuUs'),
    })
  }
  const verdicts = Object.entries(lowerIsBetter).map(([key, label]) => {
    const of = ratios.map(ratio => ratio[key as Measure])
    const won = of.filter(value => value < 1).length
    return `${label} better in ${won}/${pairs} (median ${quantile(of, 0.5).toFixed(2)})`
  })
  console.log(`${chosen.name} against ${other.name}: ${verdicts.join(', ')}`)
}
