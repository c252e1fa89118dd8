/**
 * `npm test [-- options] [-- parts of file names]`: starts the servers that the tests need, runs each file in a
 * separate process, and cleans up, however the run ends. One embedded PostgreSQL serves the whole run, in memory where
 * there is room and without fsync; each test clones its own database from a template. Tests of durability start their
 * own servers on the disk.
 */
import { readFileSync } from 'node:fs'
import { glob, rm } from 'node:fs/promises'
import { availableParallelism, constants } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import { whenNpmEnds } from '@octet/runtime/npm-parent'
import { follow, startHog } from './runner/background.ts'
import { affectedTests, changedFiles } from './runner/changed.ts'
import { type Coverage, coverageText, openCoverage } from './runner/coverage.ts'
import { ensureNeeds } from './runner/needs.ts'
import { type Options, readOptions } from './runner/options.ts'
import { type FileContext, type FileResult, type FileRun, type Limits, logOf, runFile } from './runner/run-file.ts'
import { openRunFolders, type RunFolders } from './runner/run-folders.ts'
import { lineOf, summaryOf } from './runner/summary.ts'
import { readTree } from './tree.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const patterns = [
  '{contracts,clients/*,platform/*,modules/*,apps/*,tools,labs,bench,chaos}/test/**/*.test.ts',
  'e2e/**/*.test.ts',
]
/** A file that is silent for longer than any test may take is hanging. */
const limitsDefault: Limits = { testMs: 180_000, silenceMs: 240_000, fileMs: 900_000 }

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function chooseFiles({ wanted, changedSince }: Options): Promise<string[]> {
  const all = await Array.fromAsync(glob(patterns, { cwd: root }))
  const outside = wanted.filter(isAbsolute)
  const parts = wanted.filter(part => !isAbsolute(part))
  const chosen = all.filter(file => wanted.length === 0 || parts.some(part => file.includes(part)))
  // The slowest kinds come first, so that the last worker does not start one when the others are done.
  const weight = (file: string) => (/^(e2e|tools)\//.test(file) ? 0 : file.startsWith('apps/') ? 1 : 2)
  const sorted = chosen.sort((a, b) => weight(a) - weight(b) || a.localeCompare(b))
  return [...outside, ...(changedSince === undefined ? sorted : onlyAffected(sorted, changedSince))]
}

function onlyAffected(tests: readonly string[], since: string): readonly string[] {
  const { chosen, left } = affectedTests(readTree(), tests, changedFiles(root, since))
  say(`${chosen.length} of ${tests.length} test files can break by the changes since ${since}`)
  if (left.length > 0) say(`${left.length} more start whole servers: run them with npm test\n`)
  return chosen
}

function runsOf(files: readonly string[], rounds: number): FileRun[] {
  const names = Array.from({ length: rounds }, (_, round) =>
    files.map(path => ({ path, name: rounds === 1 ? path : `${path} (${round + 1} of ${rounds})` })),
  )
  return names.flat().map((run, index) => ({ ...run, index }))
}

/** Runs as many files at a time as there are cores. Results come in the order in which the files ended. */
async function runAll(runs: readonly FileRun[], context: FileContext): Promise<FileResult[]> {
  const queue = [...runs]
  const results: FileResult[] = []
  async function work(): Promise<void> {
    for (let run = queue.shift(); run !== undefined && !context.signal.aborted; run = queue.shift()) {
      const unfollow = runs.length > 1 ? undefined : follow(logOf(run, context), text => process.stdout.write(text))
      const result = await runFile(run, context)
      unfollow?.()
      results.push(result)
      say(lineOf(result, { isShort: unfollow !== undefined }))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}

/** Ends the run on a signal, or when npm is gone. Returns the exit code for that end. */
function endOnSignals(stop: AbortController): () => number | undefined {
  let code: number | undefined
  const end = (why: string, exitCode: number) => {
    // A second signal ends the process at once: the watchdog does the rest.
    if (code !== undefined) process.exit(exitCode)
    code = exitCode
    say(`\n${why}: stopping`)
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => end(signal, 128 + constants.signals[signal]))
  }
  whenNpmEnds(['test'], () => end('npm ended', 1))
  // The reader of the output may be gone too.
  process.stdout.on('error', () => undefined)
  return () => code
}

async function startDatabase(folders: RunFolders): Promise<EmbeddedPostgres> {
  return await startEmbeddedPostgres({
    dir: join(folders.shared, 'postgres'),
    log: createLog({ level: 'error' }),
    durable: false,
  })
}

async function runIn(
  folders: RunFolders,
  parts: { runs: readonly FileRun[]; options: Options; coverage: Coverage | undefined; signal: AbortSignal },
): Promise<FileResult[]> {
  const { runs, options, coverage, signal } = parts
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  // Hundreds of processes load the same files: the first one strips their types and compiles them for all. With
  // precompiled code V8 does not count exactly.
  if (coverage === undefined) environment.NODE_COMPILE_CACHE = join(folders.shared, 'compiled')
  if (options.isBusy) folders.own(startHog().pid ?? 0)
  // Files outside the repository test the runner itself.
  const database = runs.every(({ path }) => isAbsolute(path)) ? undefined : await startDatabase(folders)
  try {
    if (database !== undefined) environment.OCTET_TEST_DATABASE_URL = database.url
    const limitMs = (options.limitSeconds ?? 0) * 1000
    const limits = limitMs === 0 ? limitsDefault : { ...limitsDefault, silenceMs: limitMs, fileMs: limitMs }
    return await runAll(runs, { folders, root, environment, limits, coverage, signal })
  } finally {
    await database?.stop()
  }
}

async function main(): Promise<number> {
  const startedAt = performance.now()
  const options = readOptions(process.argv.slice(2))
  const files = await chooseFiles(options)
  if (files.length === 0 && options.changedSince !== undefined) return 0
  if (files.length === 0) throw new Error(`no test file matches ${options.wanted.join(' ')}`)
  const missing = await ensureNeeds(
    files.map(file => readFileSync(isAbsolute(file) ? file : join(root, file), 'utf8')),
    say,
  )
  const stop = new AbortController()
  const endCode = endOnSignals(stop)
  const folders = await openRunFolders()
  const runs = runsOf(files, options.rounds)
  const coverage = options.withCoverage ? openCoverage(root, [...readTree().keys()]) : undefined
  let results: FileResult[] = []
  try {
    results = await runIn(folders, { runs, options, coverage, signal: stop.signal })
  } finally {
    await folders.end()
  }
  const seconds = (performance.now() - startedAt) / 1000
  if (coverage !== undefined) say(coverageText(coverage.report()))
  say(summaryOf({ results, filesAsked: runs.length, seconds, logs: folders.logs, missing }))
  const isClean = results.length === runs.length && results.every(({ verdict }) => verdict === 'passed')
  if (isClean) await rm(folders.logs, { recursive: true, force: true })
  return endCode() ?? (isClean ? 0 : 1)
}

process.exitCode = await main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return 1
})
