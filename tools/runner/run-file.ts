/** Runs one test file in a separate process, with limits, and cleans up after it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Coverage } from './coverage.ts'
import { killProcesses, type Owner, processesOf } from './processes.ts'
import { type Results, readResults } from './results.ts'
import type { RunFolders } from './run-folders.ts'

/** One run of one file. */
export interface FileRun {
  /** The name for the output. */
  readonly name: string
  readonly path: string
  /** The name of its folder, unique in the run. */
  readonly index: number
}

export interface FileResult extends Results {
  readonly name: string
  readonly seconds: number
  /** `stopped` when the whole run was ended meanwhile. */
  readonly verdict: 'passed' | 'failed' | 'hung' | 'stopped'
  /** Faults other than failed tests. */
  readonly problems: readonly string[]
  readonly log: string
}

export interface Limits {
  /** From the start of the process to its end. */
  readonly fileMs: number
  /** The time without the beginning or the end of a test. */
  readonly silenceMs: number
  readonly testMs: number
}

export interface FileContext {
  readonly folders: RunFolders
  readonly root: string
  readonly environment: NodeJS.ProcessEnv
  readonly limits: Limits
  readonly coverage: Coverage | undefined
  /** Ends the run at once. */
  readonly signal: AbortSignal
}

type End = { readonly code: number | null; readonly by: NodeJS.Signals | null } | 'too long' | 'silent' | 'stopped'

const watchEveryMs = 250
const killMs = 10_000
/** How long a process may take to end after its test asked it to. */
const leftBehindMs = 3_000
const logTailCharacters = 2_000
const reporter = join(import.meta.dirname, 'events.ts')

function coverageOf(folder: string): string {
  return join(folder, 'coverage')
}

/** The path of its output. */
export function logOf(run: FileRun, { folders }: FileContext): string {
  return join(folders.logs, `${run.name.replaceAll(/[^\w.-]+/g, '.')}.log`)
}

/** Runs the file and returns its result. When this resolves, its processes have ended and its folder is removed. */
export async function runFile(run: FileRun, context: FileContext): Promise<FileResult> {
  const startedAt = performance.now()
  const folder = join(context.folders.temporary, String(run.index))
  await mkdir(folder)
  // Tests create folders in it that other users must reach.
  await chmod(folder, 0o711)
  const events = `${folder}.events`
  const log = logOf(run, context)
  const child = start(run, { ...context, folder, events, log })
  const session = child.pid ?? 0
  context.folders.own(session)
  const owner: Owner = { folders: [folder], sessions: session > 0 ? [session] : [] }
  const end = await endOf(child, events, context)
  const leftBehind = await clearUp(owner, typeof end === 'object')
  context.folders.disown(session)
  if (context.coverage !== undefined && existsSync(coverageOf(folder))) context.coverage.add(coverageOf(folder))
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  const results = readResults(existsSync(events) ? readFileSync(events, 'utf8') : '')
  const seconds = (performance.now() - startedAt) / 1000
  return { ...results, name: run.name, seconds, log, ...judge(end, results, leftBehind, log) }
}

function start(
  run: FileRun,
  context: FileContext & { readonly folder: string; readonly events: string; readonly log: string },
): ChildProcess {
  const { folder, events, log, limits, environment, root } = context
  const coverage = context.coverage === undefined ? {} : { NODE_V8_COVERAGE: coverageOf(folder) }
  const options = [`--test-timeout=${limits.testMs}`, '--test-reporter=spec', '--test-reporter-destination=stdout']
  options.push(`--test-reporter=${reporter}`, `--test-reporter-destination=${events}.none`)
  const output = openSync(log, 'a')
  try {
    return spawn(process.execPath, [...options, run.path], {
      cwd: root,
      // The process writes the file directly, because leftover processes could keep a pipe open.
      stdio: ['ignore', output, output],
      // A separate session identifies its processes.
      detached: true,
      env: { ...environment, TMPDIR: folder, TEMP: folder, TMP: folder, OCTET_TEST_EVENTS: events, ...coverage },
    })
  } finally {
    closeSync(output)
  }
}

async function endOf(child: ChildProcess, events: string, { limits, signal }: FileContext): Promise<End> {
  let end: End | undefined
  child.once('error', () => {
    end ??= { code: 1, by: null }
  })
  child.once('exit', (code, by) => {
    end ??= { code, by }
  })
  const startedAt = performance.now()
  let heardAt = startedAt
  let sizeBytes = 0
  for (;;) {
    const wait = new AbortController()
    const wake = () => wait.abort()
    child.once('exit', wake)
    signal.addEventListener('abort', wake)
    if (end === undefined && !signal.aborted) await delay(watchEveryMs, undefined, { signal: wait.signal }).catch(wake)
    child.off('exit', wake)
    signal.removeEventListener('abort', wake)
    if (end !== undefined) return end
    if (signal.aborted) return 'stopped'
    const now = performance.now()
    const grownBytes = statSync(events, { throwIfNoEntry: false })?.size ?? 0
    if (grownBytes !== sizeBytes) [heardAt, sizeBytes] = [now, grownBytes]
    if (now - heardAt > limits.silenceMs) return 'silent'
    if (now - startedAt > limits.fileMs) return 'too long'
  }
}

/** Returns the command lines of processes that did not end shortly after their file. */
async function clearUp(owner: Owner, hasEnded: boolean): Promise<string[]> {
  const deadline = performance.now() + (hasEnded ? leftBehindMs : 0)
  let left = processesOf(owner)
  while (left.length > 0 && performance.now() < deadline) {
    await delay(watchEveryMs)
    left = processesOf(owner)
  }
  const immortal = await killProcesses(owner, killMs)
  if (immortal.length > 0) return immortal.map(({ pid, command }) => `${pid} ${command} (cannot be killed)`)
  return hasEnded ? left.map(({ pid, command }) => `${pid} ${command}`) : []
}

function judge(
  end: End,
  results: Results,
  leftBehind: readonly string[],
  log: string,
): Pick<FileResult, 'verdict' | 'problems' | 'failed'> {
  const problems = leftBehind.map(process => `left a process behind: ${process}`)
  const { failed, passed, skipped, todo, running } = results
  if (end === 'stopped') return { verdict: 'stopped', problems, failed }
  if (end === 'silent' || end === 'too long') {
    return { verdict: 'hung', problems: [`${end}: killed ${placeOf(results)}`, ...problems], failed: failed + 1 }
  }
  const where = running.length === 0 ? '' : ` in "${running.join(', ')}"`
  if (end.by !== null) problems.push(`ended by ${end.by}${where}`)
  else if (running.length > 0) problems.push(`ended${where}`)
  else if (end.code !== 0 && failed === 0) problems.push(`ended with exit code ${end.code}:\n${tailOf(log)}`)
  else if (passed + failed + skipped + todo === 0) problems.push('has no tests')
  if (problems.length === 0 && failed === 0) return { verdict: 'passed', problems, failed }
  return { verdict: 'failed', problems, failed: Math.max(failed, 1) }
}

function placeOf({ running, hasBegun }: Results): string {
  if (running.length > 0) return `in "${running.join(', ')}"`
  return hasBegun ? 'when its tests had ended, but something was still open' : 'before its first test'
}

function tailOf(log: string): string {
  return readFileSync(log, 'utf8').slice(-logTailCharacters).trim()
}
