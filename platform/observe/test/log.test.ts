import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, type LogLevel } from '../src/index.ts'

function capture(level: LogLevel = 'trace') {
  const lines: string[] = []
  const now = () => Date.UTC(2026, 10, 21, 7, 30, 0, 5)
  const log = createLog({ level, destination: { write: line => lines.push(line) }, now })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) }
}

test('a line has level, time, fields and message, in that order', () => {
  const { log, lines } = capture()
  log.info({ linkId: 7 }, 'link created')
  assert.deepEqual(lines, ['{"level":"info","time":"2026-11-21T07:30:00.005Z","linkId":7,"msg":"link created"}\n'])
})

test('lines below the level cost nothing and are not written', () => {
  const { log, lines } = capture('warn')
  const bomb = {
    toJSON() {
      throw new Error('looked at')
    },
  }
  log.info({ bomb }, 'no')
  assert.equal(lines.length, 0)
  log.level = 'info'
  log.info('yes')
  assert.equal(lines.length, 1)
})

test('user input cannot forge a log line with line breaks, quotes or control characters', () => {
  const { log, lines, last } = capture()
  const forged =
    'x"}\n{"level":"fatal","time":"2026-11-21T07:30:00.005Z","msg":"disk on fire"}\r\n\u2028\u0085\u001b[2J'
  log.info({ alias: forged, [forged]: 1, nested: { list: [forged] } }, forged)
  log.child({ agent: forged }).warn('short')
  log.error({ err: new Error(forged) }, 'failed')
  assert.equal(lines.length, 3)
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
    assert.match(line, /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*\n$/)
    assert.notEqual(JSON.parse(line).level, 'fatal')
  }
  assert.equal(JSON.parse(lines[0]!).alias, forged)
  assert.equal(last().err.message, forged)
})

test('secrets are removed from messages, fields, child loggers and errors with their causes', () => {
  const { log, lines } = capture()
  const key = 'oct_pat_k3Jd82hFqa_9sKd83hfKs92hfKs83hfKs92hfKs83hfA1b2C3'
  const cause = Object.assign(new Error(`no such key ${key}`), { headers: { Authorization: 'Zm9vYmFy' } })
  const err = Object.assign(new Error('refused', { cause }), { errors: [cause], body: { password: 'hunter2' }, cause })
  log.error({ err }, `key ${key}`)
  log.warn({ error: err, inner: { cause } }, 'again')
  log.child({ cookie: 'hunter2', deep: { token: 'hunter2' } }).info({ url: `/x?token=hunter2` })
  assert.equal(lines.length, 3)
  for (const line of lines) assert.doesNotMatch(line, /9sKd83hf|Zm9vYmFy|hunter2/)
  const { err: logged } = JSON.parse(lines[0]!)
  assert.equal(logged.message, 'refused: no such key oct_pat_k3Jd82hFqa_[redacted]')
  assert.match(logged.stack, /caused by: Error: no such key/)
  assert.match(JSON.parse(lines[1]!).error.stack, /log\.test\.ts/)
})

test('a value that JSON cannot represent still produces a line', () => {
  const { log, lines } = capture()
  const circle: Record<string, unknown> = { big: 10n, when: Number.NaN, run: () => 1 }
  circle.self = circle
  log.info({ circle }, 'odd')
  log.info({ half: '\ud800' }, 'surrogate')
  log.info(undefined as never)
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line))
  assert.equal(lines.length, 3)
})

test('a logged request is reduced to its method and URL', () => {
  const { log, last } = capture()
  log.info({ req: { method: 'GET', url: '/x?token=abc', headers: { cookie: 'a' }, socket: {} } }, 'seen')
  assert.deepEqual(last().req, { method: 'GET', url: '/x?token=[redacted]' })
})
