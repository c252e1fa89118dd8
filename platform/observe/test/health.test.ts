import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHealth, type HealthCheck } from '../src/index.ts'

function passing(name: string): HealthCheck & { runs: number } {
  const check = {
    name,
    timeoutMs: 1_000,
    runs: 0,
    check: async () => {
      check.runs++
    },
  }
  return check
}

/** Hangs until the test calls `resolve` or `reject`. */
function hanging(name: string) {
  const done = Promise.withResolvers<void>()
  const signals: AbortSignal[] = []
  const check: HealthCheck = {
    name,
    timeoutMs: 5,
    check: signal => {
      signals.push(signal)
      return done.promise
    },
  }
  return { ...check, signals, ...done }
}

test('a starting or draining process is alive but not ready; in between it is ready', async () => {
  const health = createHealth()
  health.register(passing('db'))
  assert.deepEqual(health.live(), { ok: true, state: 'starting' })
  const starting = await health.ready()
  assert.equal(starting.ok, false)
  assert.equal(starting.state, 'starting')
  health.open()
  const open = await health.ready()
  assert.deepEqual(open, { ok: true, state: 'ready', checks: [{ ...open.checks[0], name: 'db', status: 'ok' }] })
  health.drain()
  assert.deepEqual(health.live(), { ok: true, state: 'draining' })
  assert.equal((await health.ready()).ok, false)
  health.open()
  assert.equal(health.live().state, 'draining', 'draining is final')
})

test('a failing check degrades the state and is logged once per change, without secrets', async () => {
  const lines: unknown[] = []
  const log = {
    warn: (fields: object, message: string) => lines.push(['warn', fields, message]),
    info: (fields: object, message: string) => lines.push(['info', fields, message]),
  }
  const health = createHealth({ cacheMs: 0, log: log as never })
  let isBroken = true
  const check = (): Promise<void> => {
    if (isBroken) throw new Error('no connection to postgres://octet:hunter2@db/octet')
    return Promise.resolve()
  }
  health.register({ name: 'db', timeoutMs: 1_000, check })
  health.register(passing('bus'))
  health.open()
  const report = await health.ready()
  assert.equal(report.ok, false)
  assert.equal(report.state, 'degraded')
  assert.deepEqual(
    report.checks.map(({ name, status }) => [name, status]),
    [
      ['db', 'failed'],
      ['bus', 'ok'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(report), /postgres/, 'probes may be public')
  await health.ready()
  isBroken = false
  assert.equal((await health.ready()).state, 'ready')
  const reason = 'Error: no connection to postgres://octet:[redacted]@db/octet'
  assert.deepEqual(lines, [
    ['warn', { check: 'db', status: 'failed', reason }, 'health check failed'],
    ['info', { check: 'db' }, 'health check recovered'],
  ])
})

test('a failing optional part is reported, and the process stays ready', async () => {
  const health = createHealth()
  health.register({ name: 'mail', timeoutMs: 1_000, isOptional: true, check: () => Promise.reject(new Error('no')) })
  health.open()
  const { ok, state } = await health.ready()
  assert.equal(ok, true)
  assert.equal(state, 'degraded')
})

test('a hanging check times out, gets an abort signal, and does not start again until it settles', async () => {
  const health = createHealth({ cacheMs: 0 })
  const hung = hanging('db')
  const other = passing('bus')
  health.register(hung)
  health.register(other)
  health.open()
  const first = await health.ready()
  assert.deepEqual(
    first.checks.map(check => check.status),
    ['timeout', 'ok'],
  )
  assert.equal(hung.signals[0]!.aborted, true)
  await health.ready()
  await health.ready()
  assert.equal(hung.signals.length, 1)
  assert.equal(other.runs, 3)
  hung.resolve()
  await new Promise(resolve => setImmediate(resolve))
  assert.equal((await health.ready()).state, 'ready')
  assert.equal(hung.signals.length, 2)
})

test('a check that fails after its timeout has no further effect', async () => {
  const health = createHealth({ cacheMs: 0 })
  const hung = hanging('db')
  health.register(hung)
  await health.ready()
  hung.reject(new Error('late'))
  await new Promise(resolve => setImmediate(resolve))
  assert.equal((await health.ready()).checks[0]!.status, 'failed')
})

test('a flood of probes runs each check once a second', async () => {
  let nowMs = 0
  const health = createHealth({ now: () => nowMs })
  const check = passing('db')
  health.register(check)
  health.open()
  const reports = await Promise.all(Array.from({ length: 1_000 }, () => health.ready()))
  assert(reports.every(report => report.ok))
  assert.equal(check.runs, 1)
  nowMs = 999
  await health.ready()
  assert.equal(check.runs, 1)
  nowMs = 1_000
  await health.ready()
  assert.equal(check.runs, 2)
})

test('an added check counts at once, and a removed check no longer counts', async () => {
  const health = createHealth()
  const slow = Promise.withResolvers<void>()
  health.register({ name: 'slow', timeoutMs: 10_000, check: () => slow.promise })
  health.open()
  const probing = health.ready()
  const remove = health.register({ name: 'db', timeoutMs: 1_000, check: () => Promise.reject(new Error('no')) })
  assert.throws(() => health.register(passing('db')), /already a health check db/)
  slow.resolve()
  assert.equal((await probing).ok, true, 'requested before the new check was added')
  assert.equal((await health.ready()).ok, false)
  remove()
  assert.equal((await health.ready()).ok, true)
})
