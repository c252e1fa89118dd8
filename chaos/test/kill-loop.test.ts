/** The short form of `npm run chaos`: all is killed and cut under load, and every oracle looks at what is left. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defer } from '@octet/testkit'
import { startCluster } from '../cluster/start-cluster.ts'
import type { Mutant } from '../mutants/mutants.ts'
import type { OracleName } from '../oracles/all.ts'
import { makePlan, type Plan } from '../plan.ts'
import { seededRandom } from '../random.ts'
import { type Outcome, runChaos } from '../run.ts'
import { mustHaveSeen } from '../sometimes.ts'
import { identityWorkload } from '../workloads/identity.ts'
import { linksWorkload } from '../workloads/links.ts'

const workloads = [linksWorkload, identityWorkload]
/** A fraction of it on a machine with nothing else to do. */
const timeout = 500_000
/** Longer than a run: only the commits themselves write the log to disk, so that a missing one shows. */
const postgresSettings = { wal_writer_delay: '10s' }

interface Group {
  readonly steps: Plan['steps']
  readonly drainWithinMs?: number
  readonly red: Partial<Record<Mutant, [OracleName, RegExp]>>
}

/** What each mutant looks like to its oracle. Those of one group do not hide each other. */
const groups: readonly Group[] = [
  {
    steps: [{ afterMs: 2_500, fault: { kind: 'cut-outbox', server: 0 }, forMs: 1_500 }],
    red: {
      'no-inbox': ['O6', /had [2-9] effects/],
      'no-deduplication': ['O2', /made [2-9] links/],
      'events-dropped': ['O6', /had 0 effects/],
      'revocations-unheard': ['O7', /accepted the session of \w+ \d{4,} ms after it was ended/],
      'clicks-dropped': ['O9', /visits were answered, \d+ counted/],
      'no-owner-check': ['O11', /somebody else's/],
      'secrets-logged': ['O13', /a log holds the secret canary/],
    },
  },
  {
    steps: [{ afterMs: 700, fault: { kind: 'kill-postgres' }, forMs: 0 }],
    // What never empties need not be waited for as long as it may take.
    drainWithinMs: 4_000,
    red: {
      'asynchronous-commit': ['O1', /was acknowledged and is gone/],
      'relay-ended': ['O12', /queues were not empty/],
    },
  },
]

function findingsText({ findings }: Outcome): string {
  return JSON.stringify(findings, undefined, 2)
}

test('killed and cut at random, two servers and PostgreSQL lose nothing, do nothing twice and come back', {
  timeout,
}, async t => {
  const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`seed ${seed}`)
  const cluster = await startCluster({ servers: 2, postgresSettings })
  defer(t, () => cluster.stop())
  const plan = makePlan(seededRandom(seed), { seed, servers: 2, count: 7 })
  const outcome = await runChaos({ cluster, workloads, plan })
  t.diagnostic(JSON.stringify({ ...outcome.sometimes, acked: outcome.acked, open: outcome.open }))
  assert.deepEqual(outcome.findings, {}, `again: CHAOS_SEED=${seed} npm test -- kill-loop`)
  assert.deepEqual(mustHaveSeen(outcome.sometimes), [], 'the dangerous windows were really hit')
})

test('each oracle is red on a server broken in the way it looks for', { timeout }, async t => {
  const cluster = await startCluster({ servers: 1, postgresSettings, mutants: ['no-inbox'] })
  defer(t, () => cluster.stop())
  for (const { steps, red, ...limits } of groups) {
    await cluster.become(Object.keys(red) as Mutant[])
    let missing = Object.entries(red)
    let text = ''
    // A machine that is busy may not meet every window the first time.
    for (let seed = 7; missing.length > 0 && seed < 10; seed++) {
      const outcome = await runChaos({ cluster, workloads, plan: { seed, servers: 1, steps }, ...limits })
      missing = missing.filter(([, [oracle, sentence]]) => !sentence.test(outcome.findings[oracle]?.join('\n') ?? ''))
      text = findingsText(outcome)
    }
    assert.deepEqual(missing, [], text)
  }
})
