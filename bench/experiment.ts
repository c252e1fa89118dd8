/** Shared by benches and labs: a name, a claim, numbers against a baseline of the same run, and their output. */
import { globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Cores, chooseCores, sharedCores } from './load/cores.ts'

export interface Experiment {
  readonly name: string
  /** One sentence: what it shows, and which of its numbers holds on every machine. */
  readonly shows: string
  /** `split`: servers and load generator on a core each. `shared`: all processes on all cores. */
  readonly cores: 'split' | 'shared'
  readonly goals: readonly Goal[]
  /** A test file that is the short form, if the experiment itself is too slow for every test run. */
  readonly shortForm?: string
  run(options: RunOptions): Promise<Measured>
}

/** `short`: a few seconds, to see that it runs. `normal`: numbers to quote. `long`: fewer surprises. */
export type Size = 'short' | 'normal' | 'long'

export interface RunOptions {
  readonly cores: Cores
  /** The value for the size of this run. */
  pick<T>(bySize: Readonly<Record<Size, T>>): T
  /** Prints progress. */
  say(line: string): void
}

/** The bound of a metric or ratio. */
export interface Goal {
  readonly of: string
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Measured {
  /** The baseline, measured in the same run. */
  readonly baseline: string
  readonly metrics: Readonly<Record<string, number>>
  readonly ratios: Readonly<Record<string, number>>
}

/** Every experiment below a folder: the `experiment` of each `<system>/<name>.<kind>.ts`, in order of path. */
export function findExperiments(folder: string, kind: 'bench' | 'lab'): Promise<Experiment[]> {
  const files = globSync(`*/*.${kind}.ts`, { cwd: folder }).sort()
  const load = async (file: string) => {
    const url = new URL(file, pathToFileURL(`${folder}/`)).href
    return ((await import(url)) as { experiment: Experiment }).experiment
  }
  return Promise.all(files.map(load))
}

/** Runs an experiment in one size. */
export async function measure(
  experiment: Experiment,
  size: Size,
  say: (line: string) => void,
): Promise<Measured & { readonly cores: string }> {
  const cores = experiment.cores === 'split' ? await chooseCores() : sharedCores()
  say(cores.note)
  return { ...tidy(await experiment.run({ cores, say, pick: bySize => bySize[size] })), cores: cores.note }
}

/**
 * The command line: without a name it lists the experiments; with one it prints a table, or with `--json` one line of
 * JSON at the end. Returns the exit code: 0 even when a goal is missed, 1 when nothing could be measured.
 */
export async function runExperiments(script: string, experiments: readonly Experiment[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: flag, long: flag, short: flag },
  })
  const [name] = positionals
  if (name === undefined) {
    for (const { name: known, shows, goals } of experiments) {
      process.stdout.write(`${known}\n  ${shows}\n  goals: ${goals.map(goalText).join(', ')}\n`)
    }
    process.stdout.write(`\nnpm run ${script} -- NAME [--json] [--short | --long]\n`)
    return 0
  }
  const experiment = experiments.find(candidate => candidate.name === name)
  if (experiment === undefined) {
    process.stderr.write(`"${name}" does not exist; known: ${experiments.map(known => known.name).join(', ')}\n`)
    return 1
  }
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`)
    const size = values.short ? 'short' : values.long ? 'long' : 'normal'
    const measured = await measure(experiment, size, say)
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

/** Such a measurement supports three digits; counts stay whole. */
function significant(value: number): number {
  return Math.abs(value) >= 1000 || Number.isInteger(value) ? Math.round(value) : Number(value.toPrecision(3))
}

function table(
  { name, shows, goals }: Experiment,
  { baseline, metrics, ratios, cores }: Measured & { readonly cores: string },
): string {
  const lines = [`\n${name}: ${shows}`, `baseline: ${baseline}`, `cores: ${cores}`, '']
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
