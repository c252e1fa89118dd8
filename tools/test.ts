/**
 * `npm test -- [part of a file name …]`: starts what the tests need, runs them, and takes it away again.
 * One embedded PostgreSQL serves the whole run, in memory where there is room and without fsync; each test clones its
 * own database from a template. Tests about durability start servers of their own, on the disk.
 */
import { spawn } from 'node:child_process'
import { access, constants, glob, mkdtemp, rm, statfs } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import { ensureChromium } from './test-needs.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const patterns = [
  '{contracts,clients/*,platform/*,modules/*,apps/*,tools,labs,bench,chaos}/test/**/*.test.ts',
  'e2e/**/*.test.ts',
]
const testTimeoutMs = 180_000
/** Linux's file system in memory. A database of a thousand files is copied there in a tenth of the time. */
const memoryFolder = '/dev/shm'
const memoryBytesMin = 4 * 1024 ** 3

async function testFiles(wanted: readonly string[]): Promise<string[]> {
  const all = await Array.fromAsync(glob(patterns, { cwd: root }))
  const chosen = all.filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
  // The slowest kinds first, so that the last worker does not start one when the others are done.
  const weight = (file: string) => (/^(e2e|tools)\//.test(file) ? 0 : file.startsWith('apps/') ? 1 : 2)
  return chosen.sort((a, b) => weight(a) - weight(b) || a.localeCompare(b))
}

function run(files: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const options = ['--test', `--test-concurrency=${availableParallelism()}`, `--test-timeout=${testTimeoutMs}`]
  const child = spawn(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1))
  })
}

/** Where the run's own files go. */
async function temporaryFolder(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(memoryFolder)
    if (bavail * bsize < memoryBytesMin) return tmpdir()
    await access(memoryFolder, constants.W_OK)
    return memoryFolder
  } catch {
    return tmpdir()
  }
}

async function main(): Promise<number> {
  const startedMs = performance.now()
  const files = await testFiles(process.argv.slice(2))
  if (files.length === 0) throw new Error(`no test file matches ${process.argv.slice(2).join(' ')}`)
  const skipped = files.some(file => file.startsWith('e2e/')) ? await ensureChromium() : undefined
  const dir = await mkdtemp(join(await temporaryFolder(), 'octet-tests-'))
  const log = createLog({ level: 'error' })
  const database = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log, durable: false })
  try {
    const code = await run(files, {
      ...process.env,
      OCTET_TEST_DATABASE_URL: database.url,
      // Hundreds of processes load the same files: the first to do so strips their types and compiles them for all.
      NODE_COMPILE_CACHE: join(dir, 'compiled'),
    })
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    process.stdout.write(`\n${files.length} test files in ${seconds} s\n`)
    if (skipped !== undefined) process.stdout.write(`\nSKIPPED: ${skipped}\n`)
    return code
  } finally {
    await database.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

process.exitCode = await main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return 1
})
