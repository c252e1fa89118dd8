/** What every oracle takes and returns. Oracles are pure functions: a recorded run can be judged again. */
import type { Call } from '../history/history.ts'
import type { State } from '../state.ts'

export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

/** A finished run, with every fault healed and every queue drained. */
export interface Evidence {
  readonly calls: readonly Call[]
  /** Before open requests were repeated, and after. */
  readonly stateBefore: State
  readonly state: State
  /** When faults were active, including their healing. */
  readonly faults: readonly Interval[]
  /** After the last heal: until every server was ready, and until the queues were empty. */
  readonly readyMs: number
  readonly drainedMs: number
  /** The limit for `drainedMs`. */
  readonly drainWithinMs: number
  /** Everything the servers logged. */
  readonly logs: string
  /** Texts that no log may contain. */
  readonly canaries: readonly string[]
}

/** O numbers as the README and the tests use them. */
export const oracleNames = ['O1', 'O2', 'O6', 'O7', 'O9', 'O11', 'O12', 'O13'] as const
export type OracleName = (typeof oracleNames)[number]

/** Returns one sentence for each violation. */
export type Finder<E> = (evidence: E) => string[]

/** Returns at most `max` sentences of one kind. */
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
