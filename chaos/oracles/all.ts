/** Every oracle by its number, combined over systems. */
import type { SystemState } from '../state.ts'
import type { ChaosSystem, SystemEvidence } from '../systems/system.ts'
import { othersAreOthers, revokedIsRefused } from './access.ts'
import { failuresAreHonest, healsByItself } from './convergence.ts'
import { countsAreRecounts } from './counters.ts'
import { acknowledgedIsPresent } from './durability.ts'
import { eventsActOnce } from './events.ts'
import { onceIsOnce } from './idempotency.ts'
import { type Evidence, type OracleName, oracleNames } from './oracle.ts'

/** What each oracle finds; oracles without findings are left out. */
export function judge(evidence: Evidence, systems: readonly ChaosSystem[]): Partial<Record<OracleName, string[]>> {
  const found = oracleNames.map(name => {
    const common = commonFindings(name, evidence)
    return [name, [...common, ...systems.flatMap(system => systemFindings(name, system, evidence))]] as const
  })
  return Object.fromEntries(found.filter(([, findings]) => findings.length > 0))
}

/** Oracles about the whole installation. */
function commonFindings(name: OracleName, evidence: Evidence): string[] {
  if (name === 'O12') return healsByItself(evidence)
  return name === 'O13' ? failuresAreHonest(evidence) : []
}

function systemFindings(name: OracleName, system: ChaosSystem, evidence: Evidence): string[] {
  const own = evidenceOf(system, evidence)
  return [...ruleFindings(name, system, own), ...(system.findings?.[name]?.(own) ?? [])]
}

function ruleFindings(name: OracleName, system: ChaosSystem, evidence: SystemEvidence<SystemState>): string[] {
  const { creates = [], events = [], counters = [], sessions = [], foreignReads = [] } = system
  switch (name) {
    case 'O1':
      return creates.flatMap(rule => acknowledgedIsPresent(rule, evidence))
    case 'O2':
      return creates.flatMap(rule => onceIsOnce(rule, evidence))
    case 'O6':
      return events.flatMap(rule => eventsActOnce(rule, evidence))
    case 'O7':
      return sessions.flatMap(rule => revokedIsRefused(rule, evidence.calls))
    case 'O9':
      return counters.flatMap(rule => countsAreRecounts(rule, evidence))
    case 'O11':
      return othersAreOthers(foreignReads, evidence.calls)
    default:
      return []
  }
}

function evidenceOf({ name }: ChaosSystem, evidence: Evidence): SystemEvidence<SystemState> {
  const { state, stateBefore, ...rest } = evidence
  const of = ({ systems }: typeof state) => systems[name] ?? {}
  return { ...rest, state: of(state), stateBefore: of(stateBefore), effects: state.effects }
}
