/** Oracles on hand-made histories: each reports a violation when there is one, and only then. */
import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readLogFiles } from '../cluster/log-files.ts'
import { type Call, callsOf, openHistory, readHistory } from '../history/history.ts'
import { judge } from '../oracles/all.ts'
import type { Evidence } from '../oracles/oracle.ts'
import { makePlan } from '../plan.ts'
import { seededRandom } from '../random.ts'
import type { State } from '../state.ts'
import { systems } from '../systems/all.ts'
import type { LinkState } from '../systems/links/system.ts'

const common: Omit<State, 'systems'> = { effects: [], outboxWaiting: 0, outboxDead: 0, idleInTransaction: 0 }
const url = 'https://example.org/1'

function state(links: readonly LinkState[], fields: Partial<State> = {}): State {
  return { ...common, systems: { links: { links }, identity: { users: [] } }, ...fields }
}
const nothing = state([])

function link(fields: Partial<LinkState> = {}): LinkState {
  return { id: 'a', url, title: 't', isDeleted: false, clicks: 0, clicksSummed: 0, ...fields }
}

let calls = 0
function call(op: string, kind: Call['kind'], fields: Partial<Call> = {}): Call {
  return { call: ++calls, client: 'c', op, kind, server: 0, fromMs: 10, toMs: 20, ...fields }
}

function found(fields: Partial<Evidence>): string[] {
  const { state = nothing } = fields
  const quiet = { calls: [], faults: [], readyMs: 1, drainedMs: 1, drainWithinMs: 20_000, logs: '', canaries: [] }
  return Object.entries(judge({ ...quiet, state, stateBefore: state, ...fields }, systems)).map(
    ([name, findings]) => `${name}: ${findings.join('; ')}`,
  )
}

const effect = (subject: string, event = 'link-created') => ({ event, subject })
const withLinks = (...links: LinkState[]) => state(links, { effects: links.map(({ id }) => effect(id)) })
const created = (kind: Call['kind'], fields: Partial<Call> = {}) => {
  return call('links.create', kind, {
    key: 'k',
    subject: url,
    ...(kind === 'ok' ? { status: 201, body: { id: 'a' } } : {}),
    ...fields,
  })
}

test('an acknowledged link must exist, an open one can, a refused one must not', () => {
  assert.deepEqual(found({ calls: [created('ok')], state: withLinks(link()) }), [])
  assert.deepEqual(found({ calls: [created('info')], state: withLinks(link()) }), [])
  assert.deepEqual(found({ calls: [created('info')] }), [])
  assert.match(found({ calls: [created('ok')] }).join(), /O1: link .* was acknowledged and does not exist/)
  assert.match(found({ calls: [created('fail')], state: withLinks(link()) }).join(), /O1: .* was refused and exists/)
  assert.match(found({ state: withLinks(link()) }).join(), /O1: .* was never requested/)
})

test('a deleted link without its address is allowed', () => {
  const deleted = link({ url: '', isDeleted: true })
  assert.deepEqual(found({ calls: [created('ok')], state: withLinks(deleted) }), [])
})

test('a title is the last acknowledged one or a later open one', () => {
  const titled = (kind: Call['kind'], value: string) => call('links.update', kind, { subject: 'a', value })
  const history = [created('ok'), titled('info', 'x'), titled('ok', 'y'), titled('info', 'z'), titled('fail', 'w')]
  for (const title of ['y', 'z']) assert.deepEqual(found({ calls: history, state: withLinks(link({ title })) }), [])
  for (const title of ['x', 'w', 't']) {
    assert.match(found({ calls: history, state: withLinks(link({ title })) }).join(), /O1: .* not the acknowledged "y"/)
  }
})

test('one key has one effect, one answer and one request', () => {
  const twice = withLinks(link(), link({ id: 'b' }))
  assert.match(found({ calls: [created('ok')], state: twice }).join(), /O2: k created 2 rows/)
  const other = created('ok', { body: { id: 'a', more: true } })
  assert.match(
    found({ calls: [created('ok'), other], state: withLinks(link()) }).join(),
    /O2: k got 2 different answers/,
  )
  const inFlight = created('fail', { status: 409, body: { code: 'idempotency-in-flight' } })
  assert.deepEqual(found({ calls: [created('ok'), inFlight], state: withLinks(link()) }), [])
  const reused = call('links.create-other', 'fail', { status: 409, key: 'k' })
  assert.match(found({ calls: [reused] }).join(), /O2: a different request under k was answered 409, not 422/)
})

test('a committed event has one effect, an uncommitted one none', () => {
  const present = withLinks(link())
  const of = (...effects: State['effects'][number][]) =>
    found({ calls: [created('ok')], state: { ...present, effects } })
  assert.deepEqual(of(effect('a')), [])
  assert.match(of().join(), /O6: .* had 0 effects/)
  assert.match(of(effect('a'), effect('a')).join(), /O6: .* had 2 effects/)
  assert.match(of(effect('a'), effect('ghost')).join(), /O6: .* ghost took effect and never happened/)
})

test('a session is accepted for at most a second after its end', () => {
  const ended = call('identity.sign-out', 'ok', { subject: 's', toMs: 1_000 })
  const used = (fromMs: number) => call('identity.use', 'ok', { subject: 's', fromMs })
  assert.deepEqual(found({ calls: [ended, used(1_999)] }), [])
  assert.match(found({ calls: [ended, used(2_001)] }).join(), /O7: .* 1001 ms after/)
})

test('clicks: acknowledged ≤ counted ≤ acknowledged + open, and the parts add up to the total', () => {
  const visits = [
    call('links.follow', 'ok', { subject: 'a', status: 302 }),
    call('links.follow', 'info', { subject: 'a' }),
  ]
  const of = (clicks: number, clicksSummed = clicks) =>
    found({ calls: [created('ok'), ...visits], state: withLinks(link({ clicks, clicksSummed })) }).join()
  assert.deepEqual([of(1), of(2)], ['', ''])
  assert.match(of(0), /O9: .* 1 clicks acknowledged, 0 counted/)
  assert.match(of(3), /O9: .* 3 clicks counted of 1 acknowledged and 1 open/)
  assert.match(of(1, 2), /O9: .* 1 clicks in total and 2 in its parts/)
})

test('a 5xx needs a fault and a log line and is never a 500; logs contain no secrets', () => {
  const failed = (status: number) => call('links.create', 'info', { subject: url, status, requestId: 'r-1' })
  const faults = [{ fromMs: 0, toMs: 30 }]
  assert.deepEqual(found({ calls: [failed(503)], faults, logs: 'r-1' }), [])
  assert.match(
    found({ calls: [failed(503)], logs: 'r-1' }).join(),
    /O13: links.create was answered 503 .* without a fault/,
  )
  assert.match(found({ calls: [failed(500)], faults, logs: 'r-1' }).join(), /O13: .* 500/)
  assert.match(found({ calls: [failed(503)], faults }).join(), /O13: .* no log has its request r-1/)
  assert.match(
    found({ logs: 'password=hunter2', canaries: ['hunter2'] }).join(),
    /O13: a log contains the secret hunter2/,
  )
})

test('slow recovery, dead letters, idle transactions and foreign reads are reported', () => {
  assert.match(found({ readyMs: 15_001 }).join(), /O12: ready only/)
  assert.match(found({ drainedMs: 20_001 }).join(), /O12: queues/)
  assert.match(found({ state: { ...nothing, idleInTransaction: 1 } }).join(), /O12: 1 connections are idle/)
  assert.match(found({ state: { ...nothing, outboxDead: 2 } }).join(), /O12: 2 events are dead letters/)
  assert.match(
    found({ calls: [call('links.read-foreign', 'ok', { subject: 'a' })] }).join(),
    /O11: c got a of another account/,
  )
})

test('a torn history can be read: a call without an answer is open', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'octet-history-'))
  t.after(() => rm(dir, { recursive: true }))
  const file = join(dir, 'history.jsonl')
  const history = openHistory(file)
  const about = { client: 'c', op: 'x', server: 0 }
  history.append({ ...about, call: 1, kind: 'invoke', atMs: 1 })
  history.append({ ...about, call: 1, kind: 'ok', atMs: 2, status: 200 })
  history.append({ ...about, call: 2, kind: 'invoke', atMs: 3 })
  history.close()
  await appendFile(file, '{"call":2,"kind":"ok","at')
  const read = callsOf(readHistory(file))
  assert.deepEqual(
    read.map(({ kind, fromMs, toMs, status }) => ({ kind, fromMs, toMs, status })),
    [
      { kind: 'ok', fromMs: 1, toMs: 2, status: 200 },
      { kind: 'info', fromMs: 3, toMs: Number.POSITIVE_INFINITY, status: undefined },
    ],
  )
})

test('equal seeds give equal plans, different seeds different ones', () => {
  const plan = (seed: number) => makePlan(seededRandom(seed), { seed, servers: 2, count: 50 })
  assert.deepEqual(plan(1), plan(1))
  assert.notDeepEqual(plan(1).steps, plan(2).steps)
  const kinds = new Set(plan(1).steps.map(({ fault }) => fault.kind))
  assert.ok(kinds.size > 7, [...kinds].join())
})

test('rotated log files are read too, the oldest first', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'octet-log-'))
  t.after(() => rm(dir, { recursive: true }))
  const path = join(dir, 'octet.log')
  assert.equal(await readLogFiles(path), '')
  for (const [number, suffix] of ['.4', '.3', '.2', '.1', ''].entries()) {
    await writeFile(path + suffix, `line ${number}\n`)
  }
  assert.equal(await readLogFiles(path), 'line 0\nline 1\nline 2\nline 3\nline 4\n')
})
