/** Rooms under kill -9, cut commits, resets, slow readers and a Redis that comes and goes: one order, nothing lost. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { defer } from '@octet/testkit'
import { startRedis } from '../cluster/redis-process.ts'
import { startCluster } from '../cluster/start-cluster.ts'
import type { Plan } from '../plan.ts'
import { mustHaveMet, tableOf } from '../systems/chat/hits.ts'
import { judgeRooms, type RoomEvent, type RoomEvidence, type RoomFindings } from '../systems/chat/room-oracle.ts'
import { runChat } from '../systems/chat/run-chat.ts'

const nothing: RoomFindings = {
  lost: [],
  unheard: [],
  duplicated: [],
  outOfTurn: [],
  outOfOrder: [],
  different: [],
}
/** Some 15 s on a machine with nothing else to do: two servers are started twice. */
const timeout = 500_000
const servers = 2
const steps: Plan['steps'] = [
  { afterMs: 500, fault: { kind: 'cut-after-commit', server: 0 }, forMs: 400 },
  { afterMs: 200, fault: { kind: 'kill-server', server: 1 }, forMs: 200 },
  { afterMs: 200, fault: { kind: 'cut-before-commit', server: 0 }, forMs: 400 },
  { afterMs: 200, fault: { kind: 'kill-postgres' }, forMs: 200 },
]
/** A machine that is busy may need longer to meet them. */
const cuts = steps.filter(({ fault }) => fault.kind.startsWith('cut-')).map(step => ({ ...step, forMs: 700 }))

/** What each of them looks like. They do not hide each other. */
const red: readonly { mutants: readonly string[]; finding: keyof RoomFindings; text: RegExp }[] = [
  { mutants: ['cmid-forgotten', 'keys-forgotten'], finding: 'duplicated', text: /was said [2-9] times/ },
  { mutants: ['turns-untaken'], finding: 'outOfTurn', text: /by socket in .* came out of turn/ },
  { mutants: ['room-unlocked', 'seq-from-counter'], finding: 'outOfOrder', text: /the log of .* goes from/ },
  { mutants: ['told-before-commit'], finding: 'outOfOrder', text: /was handed another/ },
  { mutants: ['heads-unpolled'], finding: 'unheard', text: /heard nothing of .* after/ },
]

async function cluster(t: TestContext) {
  const redis = await startRedis()
  if (redis === undefined) t.diagnostic('NOT RUN: with Redis; there is no redis-server')
  else defer(t, () => redis.kill())
  const environment: Record<string, string> =
    redis === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redis.port}` }
  const started = await startCluster({ servers, environment, mutants: ['readers-cut-soon'] })
  defer(t, () => started.stop())
  return { started, redis }
}

test('O1, O2, O4: whatever is killed and cut, everything is said once and heard by all in one order', {
  timeout,
}, async t => {
  const { started, redis } = await cluster(t)
  const hasRedis = redis !== undefined
  const outcome = await runChat({
    cluster: started,
    seed: 11,
    clients: 6,
    standsStill: true,
    planOf: round => ({ seed: 11, servers, steps: round === 0 ? steps : cuts }),
    isEnough: hits => mustHaveMet(hits, { hasRedis }).length === 0,
    ...(hasRedis ? { redis } : {}),
  })
  for (const line of tableOf(outcome.hits)) t.diagnostic(line)
  t.diagnostic(`settled after ${Math.round(outcome.settledMs)} ms`)
  assert.deepEqual(outcome.findings, nothing)
  assert.deepEqual(mustHaveMet(outcome.hits, { hasRedis }), [], 'the dangerous window was met')

  // Without hints, polling is all that tells one server what the other has written.
  await redis?.kill()
  await started.become(red.flatMap(({ mutants }) => mutants))
  let missing = red
  for (let seed = 1; missing.length > 0 && seed <= 3; seed++) {
    const plan = { seed, servers, steps: cuts }
    const { findings } = await runChat({ cluster: started, seed, clients: 4, planOf: () => plan, quietMs: 1_500 })
    missing = missing.filter(({ finding, text }) => !text.test(findings[finding].join('\n')))
  }
  assert.deepEqual(missing, [], 'each mutant turns its oracle red')
})

const log: RoomEvent[] = [1, 2, 3].map(seq => ({ seq, id: `e${seq}`, type: 'message', cmid: `c${seq}` }))
function judged(fields: Partial<RoomEvidence>, applied: readonly RoomEvent[] = log): string {
  const said = log.map(({ cmid = '', seq }) => ({ client: 'a', room: 'r', cmid, turn: seq, state: 'sent' as const }))
  const shown = new Map([['m', 'text']])
  const readers = [{ client: 'b', room: 'r', spans: [{ loadedSeq: 0, applied }], shown }]
  const snapshots = new Map([['r', shown]])
  return JSON.stringify(judgeRooms({ said, readers, logs: new Map([['r', log]]), snapshots, ...fields }))
}

test('the oracle says what is wrong with a room, and nothing of one that is right', () => {
  const [one, two, three] = log as [RoomEvent, RoomEvent, RoomEvent]
  const logged = (...events: RoomEvent[]) => judged({ logs: new Map([['r', events]]) })
  assert.equal(judged({}), JSON.stringify(nothing))
  assert.match(judged({}, [one, three]), /outOfOrder":\["b was handed 3 of r after 1/)
  assert.match(judged({}, [one, two, two, three]), /handed 2 of r after 2/)
  // By time: the second was committed later than the third and is older.
  assert.match(judged({}, [one, three, two]), /handed 3 of r after 1/)
  assert.match(judged({}, [one, { ...two, id: 'e9' }, three]), /another 2 of r/)
  assert.match(judged({}, [one, two]), /unheard":\["b heard nothing of r after 2; it goes to 3/)
  assert.match(logged(one, two, { ...three, cmid: 'c2' }), /c3 of a was .* gone.*c2 was said 2/)
  assert.match(logged(one, { ...three, seq: 4 }), /the log of r goes from 1 to 4/)
  assert.match(logged(one, { ...two, cmid: 'c3' }, { ...three, cmid: 'c2' }), /what a in r said .*: 3 before 2/)
  assert.match(judged({ snapshots: new Map([['r', new Map([['m', 'other']])]]) }), /shows 1 messages of r otherwise/)
})
