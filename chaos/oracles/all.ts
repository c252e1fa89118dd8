/** Every oracle by its number in research and tests. */
import { othersAreOthers, revokedIsRefused } from './access.ts'
import { failuresAreHonest, healsByItself } from './convergence.ts'
import { countsAreRecounts } from './counters.ts'
import { acknowledgedIsPresent } from './durability.ts'
import { eventsActOnce } from './events.ts'
import { onceIsOnce } from './idempotency.ts'
import type { Evidence, Oracle } from './oracle.ts'

const oracles = {
  O1: acknowledgedIsPresent,
  O2: onceIsOnce,
  O6: eventsActOnce,
  O7: revokedIsRefused,
  O9: countsAreRecounts,
  O11: othersAreOthers,
  O12: healsByItself,
  O13: failuresAreHonest,
} as const satisfies Record<string, Oracle>
export type OracleName = keyof typeof oracles

/** What each oracle finds; those that find nothing are left out. */
export function judge(evidence: Evidence): Partial<Record<OracleName, string[]>> {
  const found = Object.entries(oracles).map(([name, oracle]) => [name, oracle(evidence)] as const)
  return Object.fromEntries(found.filter(([, findings]) => findings.length > 0))
}
