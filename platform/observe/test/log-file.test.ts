import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openLogFile } from '../src/log-file.ts'
import { openLogWriter } from '../src/log-writer.ts'

const dayMs = 86_400_000

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'octet-log-file-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'octet.log')
  const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  return { folder, path, linesOf, names: () => readdirSync(folder).sort() }
}

test('all log files together stay within the limit, with whole lines and the newest ones kept', t => {
  const { folder, path, linesOf, names } = open(t)
  const bytesMax = 500_000
  const writer = openLogWriter({ destination: path, bytesMax })
  const lines = 20_000
  for (let i = 0; i < lines; i++) writer.write(`{"level":"info","i":${i},"pad":"${'x'.repeat(60)}"}\n`)
  writer.close()
  assert.deepEqual(names(), ['octet.log', 'octet.log.1', 'octet.log.2', 'octet.log.3', 'octet.log.4'])
  const bytes = names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  assert.ok(bytes <= bytesMax && bytes > bytesMax * 0.6, `${bytes} bytes`)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const kept = names()
    .reverse()
    .flatMap(linesOf)
    .map(line => JSON.parse(line).i as number)
  assert.equal(kept.at(-1), lines - 1)
  assert.deepEqual(
    kept,
    kept.map((_, index) => lines - kept.length + index),
  )
})

test('a partly written line is completed in the same file', t => {
  const { path, linesOf } = open(t)
  const file = openLogFile({ path, bytesMax: 50 })
  const [begin, end, next] = ['first ha', 'lf\n', 'second line\n'].map(text => Buffer.from(text)) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  file.write(begin, true)
  file.write(end, false)
  file.write(next, true)
  file.close()
  assert.deepEqual([linesOf('octet.log.1'), linesOf('octet.log')], [['first half'], ['second line']])
})

test('an existing file rotates at the start when it is full, or when it is a week old', t => {
  const { path, linesOf, names } = open(t)
  writeFileSync(path, `${'x'.repeat(60)}\n`)
  let nowMs = Date.now()
  const file = openLogFile({ path, bytesMax: 250, now: () => nowMs })
  const write = (text: string) => file.write(Buffer.from(`${text}\n`), true)
  write('of the new start')
  nowMs += 6 * dayMs
  write('of the same week')
  assert.deepEqual(linesOf('octet.log'), ['of the new start', 'of the same week'])
  nowMs += 2 * dayMs
  write('of the next')
  file.close()
  assert.deepEqual(names(), ['octet.log', 'octet.log.1', 'octet.log.2'])
  assert.deepEqual(linesOf('octet.log'), ['of the next'])
})

test('no line is kept for more than 30 days, however little is logged', t => {
  const { path, names } = open(t)
  const nowMs = Date.now()
  for (const [number, ageDays] of [1, 8, 22, 24].entries()) {
    const name = `${path}.${number + 1}`
    writeFileSync(name, 'old\n')
    utimesSync(name, new Date(), new Date(nowMs - ageDays * dayMs))
  }
  writeFileSync(path, 'older\n')
  const file = openLogFile({ path, now: () => nowMs + 8 * dayMs })
  file.write(Buffer.from('new\n'), true)
  file.close()
  assert.deepEqual(names(), ['octet.log', 'octet.log.1', 'octet.log.2', 'octet.log.3'])
})

test('while rotation fails, the log stays in its file, and it rotates once that is possible', t => {
  const { path, linesOf, names } = open(t)
  let nowMs = Date.now()
  const file = openLogFile({ path, bytesMax: 50, now: () => nowMs })
  const write = (text: string) => file.write(Buffer.from(`${text}\n`), true)
  write('a first line')
  mkdirSync(join(`${path}.4`, 'in the way'), { recursive: true })
  write('a second one')
  assert.deepEqual(linesOf('octet.log'), ['a first line', 'a second one'])
  rmSync(`${path}.4`, { recursive: true })
  write('a third one')
  nowMs += 20_000
  write('a fourth one')
  file.close()
  assert.deepEqual(names(), ['octet.log', 'octet.log.1'])
  assert.deepEqual(linesOf('octet.log.1'), ['a first line', 'a second one', 'a third one'])
})
