/** What a run must have met at least once: a run that missed a dangerous window proves nothing. */
import type { Call } from './history/history.ts'
import { groupBy } from './oracles/oracle.ts'
import type { State, SystemState } from './state.ts'
import type { ChaosSystem, CreateRule } from './systems/system.ts'

export type Sometimes = Readonly<Record<string, number>>

/** What every run counts, whichever systems it loads. */
interface CommonCounts {
  /** Requests without an answer that took effect, and that did not. */
  ambiguousCommitted: number
  ambiguousNotCommitted: number
  /** The first answer was lost, and a repeated request got it. */
  replayedAfterLoss: number
  replayed: number
  inFlightRefused: number
  otherRefused: number
  foreignReadsRefused: number
}

/** Counts them. `before`: the state after healing, before open requests are repeated. */
export function countSometimes(
  systems: readonly ChaosSystem[],
  { calls, before, hits }: { calls: readonly Call[]; before: State; hits: Readonly<Record<string, number>> },
): Sometimes {
  const total: CommonCounts = {
    ambiguousCommitted: 0,
    ambiguousNotCommitted: 0,
    replayedAfterLoss: 0,
    replayed: 0,
    inFlightRefused: 0,
    otherRefused: 0,
    foreignReadsRefused: 0,
  }
  let own: Record<string, number> = {}
  for (const system of systems) {
    for (const rule of system.creates ?? []) {
      if (rule.repeats) addWindows(total, { rule, calls, state: before.systems[system.name] ?? {} })
    }
    const { foreignReads = [] } = system
    total.foreignReadsRefused += calls.filter(({ op, status }) => foreignReads.includes(op) && status === 404).length
    own = { ...own, ...system.sometimes?.(calls) }
  }
  return { ...total, commitCutBefore: hits['cut-before'] ?? 0, commitCutAfter: hits['cut-after'] ?? 0, ...own }
}

interface Creation {
  readonly rule: CreateRule<SystemState>
  readonly calls: readonly Call[]
  readonly state: SystemState
}

function addWindows(total: CommonCounts, { rule, calls, state }: Creation): void {
  const present = new Set(rule.rows(state).map(({ subject }) => subject))
  const attempts = calls.filter(({ op }) => op === rule.op)
  const requests = [...groupBy(attempts, ({ key }) => key).values()]
  const open = requests.filter(tries => tries.some(({ kind }) => kind === 'info'))
  const neverAnswered = open.filter(tries => tries.every(({ kind }) => kind !== 'ok'))
  const committed = neverAnswered.filter(tries => present.has(tries[0]?.subject ?? ''))
  total.ambiguousCommitted += committed.length
  total.ambiguousNotCommitted += neverAnswered.length - committed.length
  total.replayedAfterLoss += open.length - neverAnswered.length
  total.replayed += requests.filter(tries => tries.filter(({ kind }) => kind === 'ok').length > 1).length
  total.inFlightRefused += attempts.filter(({ status }) => status === 409).length
  total.otherRefused += calls.filter(({ op, status }) => op === rule.otherOp && status === 422).length
}

/** Names of what a run should have met and did not. */
export function mustHaveSeen(sometimes: Sometimes): string[] {
  return Object.entries(sometimes).flatMap(([name, count]) => (count === 0 ? [name] : []))
}
