/** Oracles on histories made by hand: each sentence of an oracle is said when it is true, and only then. */
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
import type { LinkState, State } from '../state.ts'

const nothing: State = { links: [], users: [], effects: [], outboxWaiting: 0, outboxDead: 0, idleInTransaction: 0 }
const url = 'https://example.org/1'

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
  return Object.entries(judge({ ...quiet, state, stateBefore: state, ...fields })).map(
    ([name, findings]) => `${name}: ${findings.join('; ')}`,
  )
}

const effect = (subject: string, event = 'link-created') => ({ event, subject })
const withLinks = (...links: LinkState[]): State => {
  return { ...nothing, links, effects: links.map(({ id }) => effect(id)) }
}
const created = (kind: Call['kind'], fields: Partial<Call> = {}) => {
  return call('links.create', kind, {
    key: 'k',
    subject: url,
    ...(kind === 'ok' ? { status: 201, body: { id: 'a' } } : {}),
    ...fields,
  })
}

test('an acknowledged link is there, an open one may be, a refused one is not', () => {
  assert.deepEqual(found({ calls: [created('ok')], state: withLinks(link()) }), [])
  assert.deepEqual(found({ calls: [created('info')], state: withLinks(link()) }), [])
  assert.deepEqual(found({ calls: [created('info')] }), [])
  assert.match(found({ calls: [created('ok')] }).join(), /O1: link a .* was acknowledged and is gone/)
  assert.match(found({ calls: [created('fail')], state: withLinks(link()) }).join(), /O1: .* was refused and is there/)
  assert.match(found({ state: withLinks(link()) }).join(), /O1: .* nobody asked for it/)
})

test('a title is the last acknowledged one, or an open one since, never one from before', () => {
  const titled = (kind: Call['kind'], value: string) => call('links.update', kind, { subject: 'a', value })
  const history = [created('ok'), titled('info', 'x'), titled('ok', 'y'), titled('info', 'z'), titled('fail', 'w')]
  for (const title of ['y', 'z']) assert.deepEqual(found({ calls: history, state: withLinks(link({ title })) }), [])
  for (const title of ['x', 'w', 't']) {
    assert.match(found({ calls: history, state: withLinks(link({ title })) }).join(), /O1: .* not the acknowledged "y"/)
  }
})

test('one key has one effect, one answer and one request', () => {
  const twice = withLinks(link(), link({ id: 'b' }))
  assert.match(found({ calls: [created('ok')], state: twice }).join(), /O2: k made 2 links/)
  const other = created('ok', { body: { id: 'a', more: true } })
  assert.match(
    found({ calls: [created('ok'), other], state: withLinks(link()) }).join(),
    /O2: k was answered in 2 ways/,
  )
  const inFlight = created('fail', { status: 409, body: { code: 'idempotency-in-flight' } })
  assert.deepEqual(found({ calls: [created('ok'), inFlight], state: withLinks(link()) }), [])
  const reused = call('links.create-other', 'fail', { status: 409, key: 'k' })
  assert.match(found({ calls: [reused] }).join(), /O2: another request under k was answered 409, not 422/)
})

test('an event has one effect, and none when it never happened', () => {
  const state = withLinks(link())
  const of = (...effects: State['effects'][number][]) => found({ calls: [created('ok')], state: { ...state, effects } })
  assert.deepEqual(of(effect('a')), [])
  assert.match(of().join(), /O6: .* had 0 effects/)
  assert.match(of(effect('a'), effect('a')).join(), /O6: .* had 2 effects/)
  assert.match(of(effect('a'), effect('ghost')).join(), /O6: .* ghost had an effect and never happened/)
})

test('a session is accepted for a second after its end and no longer', () => {
  const ended = call('identity.sign-out', 'ok', { subject: 's', toMs: 1_000 })
  const used = (fromMs: number) => call('identity.use', 'ok', { subject: 's', fromMs })
  assert.deepEqual(found({ calls: [ended, used(1_999)] }), [])
  assert.match(found({ calls: [ended, used(2_001)] }).join(), /O7: .* 1001 ms after/)
})

test('visits: answered ≤ counted ≤ answered + open, and the parts add up', () => {
  const visits = [
    call('links.follow', 'ok', { subject: 'a', status: 302 }),
    call('links.follow', 'info', { subject: 'a' }),
  ]
  const of = (clicks: number, clicksSummed = clicks) =>
    found({ calls: [created('ok'), ...visits], state: withLinks(link({ clicks, clicksSummed })) }).join()
  assert.deepEqual([of(1), of(2)], ['', ''])
  assert.match(of(0), /O9: .* 1 visits were answered, 0 counted/)
  assert.match(of(3), /O9: .* 3 counted of 1 \+ 1/)
  assert.match(of(1, 2), /O9: .* 1 clicks in total and 2 in its parts/)
})

test('a 5xx has a fault beside it, its request in the log, and is never a 500; logs keep secrets', () => {
  const failed = (status: number) => call('links.create', 'info', { subject: url, status, requestId: 'r-1' })
  const faults = [{ fromMs: 0, toMs: 30 }]
  assert.deepEqual(found({ calls: [failed(503)], faults, logs: 'r-1' }), [])
  assert.match(
    found({ calls: [failed(503)], logs: 'r-1' }).join(),
    /O13: links.create was answered 503 .* without a fault/,
  )
  assert.match(found({ calls: [failed(500)], faults, logs: 'r-1' }).join(), /O13: .* 500/)
  assert.match(found({ calls: [failed(503)], faults }).join(), /O13: .* r-1 is in no log/)
  assert.match(found({ logs: 'password=hunter2', canaries: ['hunter2'] }).join(), /O13: a log holds the secret hunter2/)
})

test('what does not come back, or leaves something behind, is said', () => {
  assert.match(found({ readyMs: 15_001 }).join(), /O12: ready again only/)
  assert.match(found({ drainedMs: 20_001 }).join(), /O12: queues/)
  assert.match(found({ state: { ...nothing, idleInTransaction: 1 } }).join(), /O12: 1 connections are idle/)
  assert.match(found({ state: { ...nothing, outboxDead: 2 } }).join(), /O12: 2 events were given up on/)
  assert.match(found({ calls: [call('links.snoop', 'ok', { subject: 'a' })] }).join(), /O11: c was given link a/)
})

test('a history survives being torn: what was invoked and not answered is open', async t => {
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

test('the same seed makes the same plan, another one another', () => {
  const plan = (seed: number) => makePlan(seededRandom(seed), { seed, servers: 2, count: 50 })
  assert.deepEqual(plan(1), plan(1))
  assert.notDeepEqual(plan(1).steps, plan(2).steps)
  const kinds = new Set(plan(1).steps.map(({ fault }) => fault.kind))
  assert.ok(kinds.size > 7, [...kinds].join())
})

test('what a server moved aside when its log was full is read as well, the oldest first', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'octet-log-'))
  t.after(() => rm(dir, { recursive: true }))
  const path = join(dir, 'octet.log')
  assert.equal(await readLogFiles(path), '')
  for (const [number, suffix] of ['.4', '.3', '.2', '.1', ''].entries()) {
    await writeFile(path + suffix, `line ${number}\n`)
  }
  assert.equal(await readLogFiles(path), 'line 0\nline 1\nline 2\nline 3\nline 4\n')
})
