/** What benches and labs share: a name, a claim, numbers against a baseline of the same run, and how they print. */
import { parseArgs } from 'node:util'

export interface Experiment {
  readonly name: string
  /** One sentence: what it shows, and which number of it holds on every machine. */
  readonly shows: string
  readonly goals: readonly Goal[]
  run(options: RunOptions): Promise<Measured>
}

export interface RunOptions {
  readonly isLong: boolean
  /** For people who wait. */
  say(line: string): void
}

/** What a metric or ratio should be at least or at most. */
export interface Goal {
  readonly of: string
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Measured {
  /** What was measured beside it, in the same run. */
  readonly baseline: string
  readonly metrics: Readonly<Record<string, number>>
  readonly ratios: Readonly<Record<string, number>>
}

/**
 * The command line: without a name, what there is; with one, a table, or with `--json` one line of JSON last. Returns
 * the exit code: 0 also when a goal is missed, 1 when it could not be measured.
 */
export async function runExperiments(script: string, experiments: readonly Experiment[]): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
  })
  const [name] = positionals
  if (name === undefined) {
    for (const { name: known, shows, goals } of experiments) {
      process.stdout.write(`${known}\n  ${shows}\n  goals: ${goals.map(goalText).join(', ')}\n`)
    }
    process.stdout.write(`\nnpm run ${script} -- NAME [--json] [--long]\n`)
    return 0
  }
  const experiment = experiments.find(candidate => candidate.name === name)
  if (experiment === undefined) {
    process.stderr.write(`no "${name}"; there is ${experiments.map(known => known.name).join(', ')}\n`)
    return 1
  }
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`)
    const measured = tidy(await experiment.run({ isLong: values.long, say }))
    process.stdout.write(values.json ? `${JSON.stringify({ name, ...measured })}\n` : table(experiment, measured))
    return 0
  } catch (error) {
    process.stderr.write(`${name} could not be measured: ${error instanceof Error ? error.stack : error}\n`)
    return 1
  }
}

function tidy({ baseline, metrics, ratios }: Measured): Measured {
  const rounded = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, significant(value)]))
  return { baseline, metrics: rounded(metrics), ratios: rounded(ratios) }
}

/** Three digits tell all that such a measurement knows; counts stay whole. */
function significant(value: number): number {
  return Math.abs(value) >= 1000 || Number.isInteger(value) ? Math.round(value) : Number(value.toPrecision(3))
}

function table({ name, shows, goals }: Experiment, { baseline, metrics, ratios }: Measured): string {
  const lines = [`\n${name}: ${shows}`, `baseline: ${baseline}`, '']
  for (const [key, value] of [...Object.entries(metrics), ...Object.entries(ratios)]) {
    const goal = goals.find(({ of }) => of === key)
    const verdict = goal === undefined ? '' : `${isMet(goal, value) ? '✓' : '✗'} goal ${goalText(goal)}`
    lines.push(
      `  ${key.padEnd(34)} ${value.toLocaleString('en', { maximumFractionDigits: 4 }).padStart(12)}  ${verdict}`,
    )
  }
  return `${lines.map(line => line.trimEnd()).join('\n')}\n\n`
}

function isMet({ atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Goal, value: number) {
  return value >= atLeast && value <= atMost
}

function goalText({ of, atLeast, atMost }: Goal): string {
  return atLeast === undefined ? `${of} ≤ ${atMost}` : `${of} ≥ ${atLeast}`
}
