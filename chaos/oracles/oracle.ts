/** What every oracle takes and says. Oracles are pure: a recorded run can be judged again. */
import type { Call } from '../history/history.ts'
import type { State } from '../state.ts'

export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

/** A run that is over, with everything healed and quiet. */
export interface Evidence {
  readonly calls: readonly Call[]
  /** Before anything open was asked again, and after. */
  readonly stateBefore: State
  readonly state: State
  /** When faults were there, their healing included. */
  readonly faults: readonly Interval[]
  /** Of the last heal: from healthy wires until every server was ready, and until the queues were empty. */
  readonly readyMs: number
  readonly drainedMs: number
  /** How long the second may take. */
  readonly drainWithinMs: number
  /** All that the servers logged. */
  readonly logs: string
  /** Texts that must not be in any log. */
  readonly canaries: readonly string[]
}

/** Sentences about what is wrong; none when it holds. */
export type Oracle = (evidence: Evidence) => string[]

/** At most so many sentences of one kind. */
export function firstOf(findings: readonly string[], max = 5): string[] {
  return findings.length <= max ? [...findings] : [...findings.slice(0, max), `… and ${findings.length - max} more`]
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
