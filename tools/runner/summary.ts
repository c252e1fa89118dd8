/** The output of a run: a line per file when it ends, and a summary that other programs can read too. */
import type { FileResult } from './run-file.ts'

const slowestShown = 10
const failureLinesMax = 40
const marks = { passed: '✔', failed: '✖', hung: '✖', stopped: '■' }

/** The line of a file that ended, with its failures, unless its output was already shown. */
export function lineOf(result: FileResult, { isShort }: { isShort: boolean }): string {
  const { verdict, name, seconds, problems, failures } = result
  const counts = (['passed', 'failed', 'skipped', 'todo'] as const).flatMap(kind =>
    result[kind] === 0 ? [] : [`${result[kind]} ${kind}`],
  )
  const word = verdict === 'hung' || verdict === 'stopped' ? [verdict.toUpperCase()] : []
  const lines = [`${marks[verdict]} ${name}  ${[...word, ...counts].join(', ')}  ${seconds.toFixed(1)} s`]
  for (const problem of problems) lines.push(indent(problem))
  for (const { title, text } of isShort ? [] : failures) lines.push(indent(`✖ ${title}`), indent(indent(text)))
  return lines.join('\n')
}

export interface RunFacts {
  readonly results: readonly FileResult[]
  readonly filesAsked: number
  readonly seconds: number
  readonly logs: string
  /** Missing programs, each with instructions to get it. */
  readonly missing: readonly string[]
}

/** The summary at the end of the run. The last line has the numbers. */
export function summaryOf(facts: RunFacts): string {
  const { results, filesAsked, seconds, logs, missing } = facts
  const bad = results.filter(({ verdict }) => verdict === 'failed' || verdict === 'hung')
  const total = (kind: 'passed' | 'failed' | 'skipped' | 'todo') => results.reduce((sum, one) => sum + one[kind], 0)
  const [passed, failed, skipped, todo] = [total('passed'), total('failed'), total('skipped'), total('todo')]
  const whole = results.filter(({ verdict }) => verdict !== 'stopped').length
  const files = [`${whole} test files`, `${bad.length} failed`]
  if (filesAsked > whole) files.push(`${filesAsked - whole} NOT RUN to their end`)
  const counts = { tests: passed + failed + skipped + todo, pass: passed, fail: failed, cancelled: 0, skipped, todo }
  return [
    ...slowest(results),
    ...skips(results, missing),
    ...bad.flatMap(failedFile),
    ...(bad.length === 0 ? [] : ['', `Output of every file: ${logs}`]),
    '',
    `${files.join(', ')}, in ${Math.round(seconds)} s`,
    ...Object.entries({ ...counts, duration_ms: Math.round(seconds * 1000) }).map(([name, n]) => `ℹ ${name} ${n}`),
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
    '',
  ].join('\n')
}

function slowest(results: readonly FileResult[]): string[] {
  if (results.length < 2) return []
  const sorted = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, slowestShown)
  return ['', 'Slowest files', ...sorted.map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${name}`)]
}

function skips(results: readonly FileResult[], missing: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const why of results.flatMap(result => result.skips)) counts.set(why, (counts.get(why) ?? 0) + 1)
  if (counts.size + missing.length === 0) return []
  const lines = [...counts].map(([why, count]) => `  ${count} × ${why === '' ? 'no reason given' : why}`)
  return ['', 'SKIPPED', ...lines, ...missing.map(sentence => `  MISSING: ${sentence}`)]
}

function failedFile({ name, verdict, failures, problems, log }: FileResult): string[] {
  const titles = failures.map(({ title }) => `    ✖ ${title}`)
  const said = problems.map(problem => `    ${problem.split('\n')[0]}`)
  return ['', `${verdict.toUpperCase()} ${name}`, ...said, ...titles, `    ${log}`]
}

function indent(text: string): string {
  const lines = text.split('\n')
  const shown = lines.slice(0, failureLinesMax)
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} lines more in the log`)
  return shown.map(line => `  ${line}`).join('\n')
}
