/**
 * Servers and databases are killed and disconnected under load. What is lost, and what does a database lose that
 * answers early?
 */

import type { Experiment } from '../../bench/experiment.ts'
import { startCluster } from '../../chaos/cluster/start-cluster.ts'
import { makePlan, type Plan } from '../../chaos/plan.ts'
import { seededRandom } from '../../chaos/random.ts'
import { type Outcome, runChaos } from '../../chaos/run.ts'

const servers = 2
const faultsPerRound = 10

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'kill-loop',
  shows:
    'findings of all oracles after kill -9, pauses, partitions and cuts at COMMIT; against a commit that answers early',
  cores: 'shared',
  shortForm: 'chaos/test/kill-loop.test.ts',
  goals: [
    { of: 'octetFindings', atMost: 0 },
    { of: 'octetAmbiguousCommitted', atLeast: 1 },
    { of: 'octetAmbiguousNotCommitted', atLeast: 1 },
    { of: 'earlyAnswerFindings', atLeast: 1 },
  ],
  async run({ pick, say }) {
    const rounds = pick({ short: 1, normal: 2, long: 20 })
    say('a commit that answers before it is on disk, and one kill -9 of PostgreSQL')
    const early = await rounded(['asynchronous-commit'], 1, () => ({
      seed: 1,
      servers,
      steps: [{ afterMs: 700, fault: { kind: 'kill-postgres' }, forMs: 0 }],
    }))
    say(`${rounds * faultsPerRound} faults on Octet as it is`)
    const octet = await rounded([], rounds, seed => {
      return makePlan(seededRandom(seed), { seed, servers, count: faultsPerRound })
    })
    return {
      baseline: 'synchronous_commit off (what many turn on for speed), killed once',
      metrics: {
        octetFaults: octet.faults,
        octetAcknowledged: octet.acked,
        octetOpen: octet.open,
        octetFindings: octet.findings,
        octetAmbiguousCommitted: octet.committed,
        octetAmbiguousNotCommitted: octet.notCommitted,
        earlyAnswerAcknowledged: early.acked,
        earlyAnswerFindings: early.findings,
      },
      // The rule of three: with 95 % confidence a fault loses something less often than this.
      ratios: { octetLossPerFaultBelow: 3 / octet.faults },
    }
  },
}

async function rounded(mutants: readonly string[], rounds: number, planOf: (seed: number) => Plan) {
  const sum = { faults: 0, acked: 0, open: 0, findings: 0, committed: 0, notCommitted: 0 }
  const cluster = await startCluster({ servers, mutants, postgresSettings: { wal_writer_delay: '10s' } })
  try {
    for (let round = 0; round < rounds; round++) {
      const seed = Math.floor(Math.random() * 2 ** 31)
      const outcome: Outcome = await runChaos({ cluster, plan: planOf(seed) })
      sum.faults += outcome.faults.filter(({ injected }) => injected === 'injected').length
      sum.acked += outcome.acked
      sum.open += outcome.open
      sum.findings += Object.values(outcome.findings).flat().length
      sum.committed += outcome.sometimes.ambiguousCommitted ?? 0
      sum.notCommitted += outcome.sometimes.ambiguousNotCommitted ?? 0
    }
    return sum
  } finally {
    await cluster.stop()
  }
}
