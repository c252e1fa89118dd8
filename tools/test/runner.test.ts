/** Runs the test runner on planted files that misbehave, and ends it in every possible way. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { processesOf } from '../runner/processes.ts'
import { root } from '../tree.ts'

const isLinux = process.platform === 'linux'
const notChecked = { skip: isLinux ? false : 'NOT CHECKED: looks for processes in /proc' }
const goneMs = 30_000

const begin = `import { spawn } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { suite, test } from 'node:test'
const forever = ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']
`

/** A test that starts every kind of child, reports them, and hangs. */
const hangingWithChildren = `${begin}
test('hangs', async () => {
  process.on('SIGTERM', () => {})
  const detached = spawn(process.execPath, forever, { detached: true, stdio: 'ignore' })
  const stopped = spawn(process.execPath, forever, { stdio: 'ignore' })
  stopped.kill('SIGSTOP')
  const bare = spawn(process.execPath, forever, { env: {}, cwd: '/', stdio: 'ignore' })
  const bareDetached = spawn(process.execPath, forever, { env: {}, cwd: '/', stdio: 'ignore', detached: true })
  const pids = [process.pid, detached.pid, stopped.pid, bare.pid, bareDetached.pid]
  const folders = [process.env.TMPDIR, process.env.NODE_COMPILE_CACHE]
  const note = process.env.OCTET_PLANTED
  writeFileSync(note + '.new', JSON.stringify({ runner: process.ppid, pids, folders }))
  renameSync(note + '.new', note) // the rename is atomic for readers
  await delay(1_000_000)
})
`

interface Planted {
  readonly runner: number
  readonly pids: readonly number[]
  readonly folders: readonly string[]
}

interface Run {
  readonly process: ChildProcess
  /** The report of the hanging test about itself. */
  planted(): Promise<Planted>
  output(): string
  ended(): Promise<number | null>
}

/** Starts `npm test` on these files, in a separate folder. */
function npmTest(t: TestContext, files: Readonly<Record<string, string>>, ...options: readonly string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'octet-planted-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const paths = Object.keys(files).map(name => join(folder, name))
  const note = join(folder, 'note.json')
  const child = spawn('npm', ['test', '--', ...options, ...paths], {
    cwd: root,
    env: { ...process.env, OCTET_PLANTED: note },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL')) // a failing test ends its run, too
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const closed = once(child, 'close') as Promise<[number | null]>
  return {
    process: child,
    output: () => output,
    ended: async () => (await closed)[0],
    async planted() {
      while (!existsSync(note)) {
        assert.equal(child.exitCode ?? child.signalCode, null, output)
        await delay(20)
      }
      return JSON.parse(readFileSync(note, 'utf8'))
    },
  }
}

/** The hanging test's report on its processes, which are killed when this test ends. */
async function plantedBy(t: TestContext, run: Run): Promise<Planted> {
  const planted = await run.planted()
  t.after(() => {
    for (const pid of planted.pids.filter(isAlive)) process.kill(pid, 'SIGKILL')
  })
  return planted
}

/** Zombies count as gone: only their exit status remains. */
function isAlive(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return /^\d+ \(.*\) [^ZX] /s.test(stat)
}

/** Fails when a process or folder of the run still exists after a while. */
async function assertGone({ pids, folders }: Planted): Promise<void> {
  const left = () => ({
    pids: pids.filter(isAlive),
    processes: processesOf({ folders, sessions: [] }),
    folders: folders.filter(folder => existsSync(folder)),
  })
  const isGone = () => Object.values(left()).every(list => list.length === 0)
  for (const deadline = performance.now() + goneMs; performance.now() < deadline && !isGone(); ) await delay(50)
  assert.deepEqual(left(), { pids: [], processes: [], folders: [] })
}

suite('a run that is ended from outside leaves no process and no folder', notChecked, () => {
  const ways: Readonly<Record<string, (run: Run, planted: Planted) => void>> = {
    'kill -9 of the runner': (_, { runner }) => process.kill(runner, 'SIGKILL'),
    'kill -9 of npm': run => run.process.kill('SIGKILL'),
    'SIGTERM to npm': run => run.process.kill('SIGTERM'),
    'SIGTERM to the runner': (_, { runner }) => process.kill(runner, 'SIGTERM'),
    'SIGINT to the runner': (_, { runner }) => process.kill(runner, 'SIGINT'),
    'SIGHUP to the runner': (_, { runner }) => process.kill(runner, 'SIGHUP'),
  }
  for (const [way, end] of Object.entries(ways)) {
    test(way, async t => {
      const run = npmTest(t, { 'hangs.test.mjs': hangingWithChildren })
      const planted = await plantedBy(t, run)
      assert.deepEqual(planted.pids.filter(isAlive), planted.pids)
      end(run, planted)
      await assertGone(planted)
      await run.ended()
    })
  }

  test('kill -9 of the runner, with the PostgreSQL of the run', async t => {
    // A test file of the repository needs the database. It runs second, and may still be running.
    const run = npmTest(t, { 'hangs.test.mjs': hangingWithChildren }, 'platform/secrets/test')
    const planted = await plantedBy(t, run)
    const shared = join(planted.folders[1]!, '..')
    assert.ok(existsSync(join(shared, 'postgres/data/postmaster.pid')))
    process.kill(planted.runner, 'SIGKILL')
    await assertGone({ ...planted, folders: [...planted.folders, shared] })
    await run.ended()
  })
})

test('the summary names tests that hung, failed, were skipped or left processes behind, and the run fails', async t => {
  const run = npmTest(
    t,
    {
      'passes.test.mjs': `${begin} test('passes', () => {}); test('is left out', { skip: 'no tool for it' }, () => {})`,
      'hangs.test.mjs': hangingWithChildren,
      'spins.test.mjs': `${begin} suite('outer', () => { test('spins', () => { for (;;); }) })`,
      'stays-open.test.mjs': `${begin} test('leaks a timer', () => void setInterval(() => {}, 1000))`,
      'fails.test.mjs': `${begin} suite('outer', () => { test('fails', () => { throw new Error('as planted') }) })`,
      'leaves.test.mjs': `${begin} test('leaves a child', () => {
        spawn(process.execPath, forever, { detached: true, stdio: 'ignore' }).unref()
      })`,
      'empty.test.mjs': begin,
      'does-not-load.test.mjs': "import './not-there.mjs'",
      'exits.test.mjs': `${begin} test('exits', () => process.exit(0))`,
    },
    '--limit=12',
  )
  const planted = await plantedBy(t, run)
  assert.equal(await run.ended(), 1)
  const output = run.output()
  assert.match(output, /HUNG .*hangs\.test\.mjs\n +(silent|too long): killed in "hangs"/)
  assert.match(output, /HUNG .*spins\.test\.mjs\n +(silent|too long): killed in "(outer › )?spins"/)
  assert.match(output, /HUNG .*stays-open\.test\.mjs\n.*killed when its tests had ended, but something was still open/)
  assert.match(output, /FAILED .*fails\.test\.mjs\n +✖ outer › fails\n/)
  assert.match(output, /Error: as planted/)
  assert.match(output, /FAILED .*leaves\.test\.mjs\n +left a process behind: \d+ .*setInterval/)
  assert.match(output, /FAILED .*empty\.test\.mjs\n +has no tests/)
  assert.match(output, /FAILED .*does-not-load\.test\.mjs\n +ended with exit code 1/)
  assert.match(output, /FAILED .*exits\.test\.mjs\n +ended in "exits"/)
  assert.match(output, /SKIPPED\n +1 × no tool for it\n/)
  assert.match(output, /Slowest files\n +\d+\.\d s {2}/)
  assert.match(output, /\n9 test files, 8 failed, in \d+ s\n/)
  assert.match(output, /\nℹ pass 3\nℹ fail 8\n/)
  assert.match(output, /\n3 passed, 8 failed, 1 skipped\n+$/)
  const logs = /Output of every file: (\S+)/.exec(output)![1]!
  const failed = /FAILED .*\/fails\.test\.mjs\n.*\n +(\S+\.log)/.exec(output)![1]!
  t.after(() => rmSync(logs, { recursive: true }))
  assert.match(readFileSync(failed, 'utf8'), /as planted/)
  if (isLinux) await assertGone(planted)
})

test('a passing run ends with exit code 0 and keeps no logs', async t => {
  const run = npmTest(t, { 'passes.test.mjs': `${begin} test('passes', () => {})` }, '--repeat=2')
  assert.equal(await run.ended(), 0)
  assert.match(run.output(), /✔ .*passes\.test\.mjs \(2 of 2\)/)
  assert.match(run.output(), /\n2 passed, 0 failed, 0 skipped\n+$/)
  assert.doesNotMatch(run.output(), /Output of every file/)
})

test('a word that matches no file and an unknown option are errors', async t => {
  const nothing = npmTest(t, {}, 'no-such-file-anywhere')
  assert.equal(await nothing.ended(), 1)
  assert.match(nothing.output(), /no test file matches no-such-file-anywhere/)
  const unknown = npmTest(t, {}, '--no-such-option')
  assert.equal(await unknown.ended(), 1)
  assert.match(unknown.output(), /Unknown option '--no-such-option'[\s\S]*--repeat=10/)
})
