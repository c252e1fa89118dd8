/** Rooms under kill -9, cut commits, resets, slow readers and Redis restarts: one order, nothing lost. */
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
/** About 15 s on a quiet machine: two servers start twice. */
const timeout = 500_000
const servers = 2
const steps: Plan['steps'] = [
  { afterMs: 500, fault: { kind: 'cut-after-commit', server: 0 }, forMs: 400 },
  { afterMs: 200, fault: { kind: 'kill-server', server: 1 }, forMs: 200 },
  { afterMs: 200, fault: { kind: 'cut-before-commit', server: 0 }, forMs: 400 },
  { afterMs: 200, fault: { kind: 'kill-postgres' }, forMs: 200 },
]
/** A busy machine needs longer to meet the windows. */
const cuts = steps.filter(({ fault }) => fault.kind.startsWith('cut-')).map(step => ({ ...step, forMs: 700 }))

/** The finding of each mutant. They do not hide each other. */
const red: readonly { mutants: readonly string[]; finding: keyof RoomFindings; text: RegExp }[] = [
  { mutants: ['cmid-forgotten'], finding: 'duplicated', text: /is stored [2-9] times/ },
  { mutants: ['turns-untaken'], finding: 'outOfTurn', text: /by socket in .* are out of order/ },
  { mutants: ['room-unlocked', 'seq-from-counter'], finding: 'outOfOrder', text: /the log of .* jumps from/ },
  { mutants: ['told-before-commit'], finding: 'outOfOrder', text: /received a different/ },
  { mutants: ['heads-unpolled'], finding: 'unheard', text: /received nothing of .* after/ },
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

test('O1, O2, O4: under kills and cuts every message is stored once and all clients receive one order', {
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
  assert.deepEqual(mustHaveMet(outcome.hits, { hasRedis }), [], 'the run met every dangerous window')

  await started.become(red.flatMap(({ mutants }) => mutants))
  // Without hints, a server learns about the other's writes only by polling. A start would wait for Redis.
  await redis?.kill()
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

test('the room oracle reports each violation, and nothing for a correct room', () => {
  const [one, two, three] = log as [RoomEvent, RoomEvent, RoomEvent]
  const logged = (...events: RoomEvent[]) => judged({ logs: new Map([['r', events]]) })
  assert.equal(judged({}), JSON.stringify(nothing))
  assert.match(judged({}, [one, three]), /outOfOrder":\["b received 3 of r after 1/)
  assert.match(judged({}, [one, two, two, three]), /received 2 of r after 2/)
  // Ordered by time: the second event is older and was committed after the third.
  assert.match(judged({}, [one, three, two]), /received 3 of r after 1/)
  assert.match(judged({}, [one, { ...two, id: 'e9' }, three]), /different 2 of r/)
  assert.match(judged({}, [one, two]), /unheard":\["b received nothing of r after 2; its log ends at 3/)
  assert.match(logged(one, two, { ...three, cmid: 'c2' }), /c3 of a was .* does not exist.*c2 is stored 2/)
  assert.match(logged(one, { ...three, seq: 4 }), /the log of r jumps from 1 to 4/)
  assert.match(logged(one, { ...two, cmid: 'c3' }, { ...three, cmid: 'c2' }), /messages of a in r .*: 3 before 2/)
  assert.match(judged({ snapshots: new Map([['r', new Map([['m', 'other']])]]) }), /shows 1 messages of r differently/)
})
