import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { openLogWriter } from '../src/log-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'octet-log-'))
test.after(() => rmSync(folder, { recursive: true }))

/** Kills every child process that a test started, however the test ends. */
const limits = { timeout: 20_000 }

function start(t: TestContext, script: string, args: readonly (string | number)[]): ChildProcess {
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const
  const child = fork(join(import.meta.dirname, script), args.map(String), { stdio: [...stdio] })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Logs `lines` lines and exits in the given way. */
function run(t: TestContext, ending: string, destination: string, lines: number): ChildProcess {
  return start(t, 'log-child.ts', [ending, destination, lines])
}

/** Writes far more to stderr than a pipe holds, reports by IPC that it is alive, and exits on request. */
function fill(t: TestContext, exitWaitMs: number): ChildProcess {
  return start(t, 'writer-child.ts', [exitWaitMs])
}

function numbersIn(lines: string): number[] {
  return lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line).i)
}

const count = 5_000
const expected = Array.from({ length: count }, (_, i) => i)

for (const [ending, exitCode] of [
  ['return', 0],
  ['exit', 0],
  ['throw', 1],
] as const) {
  test(`a process that ends by ${ending} has written every line to its file, in order`, limits, async t => {
    const file = join(folder, 'logs', `${ending}.log`)
    const child = run(t, ending, file, count)
    const [code] = await once(child, 'exit')
    assert.equal(code, exitCode)
    assert.deepEqual(numbersIn(readFileSync(file, 'utf8')), expected)
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })
}

test('a process that exits has written every line to its pipe, in order', limits, async t => {
  const child = run(t, 'exit', 'stderr', count)
  const output = await text(child.stderr!)
  assert.deepEqual(numbersIn(output), expected)
})

for (const ending of ['crash', 'rejection']) {
  test(`a ${ending} is the last line, redacted, and the process exits with 1`, limits, async t => {
    const child = run(t, ending, 'stderr', 100)
    const exited = once(child, 'exit')
    const lines = (await text(child.stderr!)).trimEnd().split('\n')
    assert.deepEqual(numbersIn(lines.slice(0, -1).join('\n')), expected.slice(0, 100))
    const last = JSON.parse(lines.at(-1)!)
    assert.equal(last.level, 'fatal')
    assert.match(last.err.message, /ed with token=\[redacted\]$/)
    assert.equal((await exited)[0], 1)
  })
}

test('a reader that stops reading blocks neither the server nor its exit', limits, async t => {
  const child = fill(t, 200)
  await once(child, 'message')
  child.send('exit')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
})

test('a reader that resumes gets every line, in order', limits, async t => {
  const child = fill(t, 60_000)
  await once(child, 'message')
  child.send('exit')
  assert.deepEqual(
    numbersIn(await text(child.stderr!)),
    Array.from({ length: 20_000 }, (_, i) => i),
  )
})

test('a closed pipe ends the writing but not the process, and the exit does not wait', limits, async t => {
  const child = fill(t, 60_000)
  child.stderr!.destroy()
  await once(child, 'message')
  child.send('exit')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
})

test('the buffer is bounded, and a line reports how many lines were dropped', () => {
  const file = join(folder, 'bounded.log')
  const writer = openLogWriter({ destination: file, bufferCharsMax: 1_000 })
  for (let i = 0; i < 100; i++) writer.write(`{"level":"info","i":${i},"pad":"${'x'.repeat(60)}"}\n`)
  writer.close()
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const kept = lines.length - 1
  assert(kept > 5 && kept < 15)
  assert.deepEqual(
    lines.slice(0, kept).map(line => line.i),
    expected.slice(0, kept),
  )
  assert.equal(lines.at(-1).dropped, 100 - kept)
})

test('an error is on disk when the call returns', () => {
  const file = join(folder, 'error.log')
  const writer = openLogWriter({ destination: file })
  writer.write('{"level":"info","i":0}\n')
  assert.equal(readFileSync(file, 'utf8'), '')
  writer.write('{"level":"error","i":1}\n')
  assert.deepEqual(numbersIn(readFileSync(file, 'utf8')), [0, 1])
  writer.close()
})

test('an overlong line is replaced by its beginning, without secrets', () => {
  const file = join(folder, 'long.log')
  const writer = openLogWriter({ destination: file })
  writer.write(`{"level":"warn","password":"hunter2","body":"${'ab '.repeat(50_000)}"}\n`)
  writer.close()
  const line = readFileSync(file, 'utf8')
  assert(line.length < 6_000)
  assert.doesNotMatch(line, /hunter2/)
  const { level, lengthChars, start } = JSON.parse(line)
  assert.equal(level, 'warn')
  assert(lengthChars > 150_000)
  assert.match(start, /^\{"level":"warn","password":"\[redacted\]","body":"ab ab/)
})

test('a log file in an unwritable folder is reported when it is opened', () => {
  assert.throws(() => openLogWriter({ destination: join(folder, 'bounded.log', 'x.log') }), /ENOTDIR|EEXIST/)
})
