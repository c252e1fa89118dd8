/** What a run must have seen at least once: one that never met the dangerous window has shown nothing. */
import type { Call } from './history/history.ts'
import { groupBy } from './oracles/oracle.ts'
import type { State } from './state.ts'

export interface Sometimes {
  readonly ambiguousCommitted: number
  readonly ambiguousNotCommitted: number
  /** The answer of the first attempt was lost, and a later one got it. */
  readonly replayedAfterLoss: number
  readonly replayed: number
  readonly inFlightRefused: number
  readonly otherRefused: number
  readonly commitCutBefore: number
  readonly commitCutAfter: number
  readonly refreshedAfterLoss: number
  readonly signedOut: number
  readonly refusedAfterSignOut: number
  readonly followed: number
  readonly snooped: number
}

/** Counts them. `before`: the database when all was healed, and nothing open had been asked again. */
export function countSometimes(
  calls: readonly Call[],
  before: State,
  hits: Readonly<Record<string, number>>,
): Sometimes {
  const urls = new Set(before.links.map(({ url }) => url))
  const count = (op: string, fits: (call: Call) => boolean) => calls.filter(call => call.op === op && fits(call)).length
  const creates = [
    ...groupBy(
      calls.filter(({ op }) => op === 'links.create'),
      call => call.key,
    ).values(),
  ]
  const open = creates.filter(attempts => attempts.some(({ kind }) => kind === 'info'))
  const neverAnswered = open.filter(attempts => attempts.every(({ kind }) => kind !== 'ok'))
  const isCommitted = (attempts: readonly Call[]) => urls.has(attempts[0]?.subject ?? '')
  const refreshes = [
    ...groupBy(
      calls.filter(({ op }) => op === 'identity.refresh'),
      call => call.subject,
    ).values(),
  ]
  return {
    ambiguousCommitted: neverAnswered.filter(isCommitted).length,
    ambiguousNotCommitted: neverAnswered.filter(attempts => !isCommitted(attempts)).length,
    replayedAfterLoss: open.filter(attempts => attempts.some(({ kind }) => kind === 'ok')).length,
    replayed: creates.filter(attempts => attempts.filter(({ kind }) => kind === 'ok').length > 1).length,
    inFlightRefused: count('links.create', ({ status }) => status === 409),
    otherRefused: count('links.create-other', ({ status }) => status === 422),
    commitCutBefore: hits['cut-before'] ?? 0,
    commitCutAfter: hits['cut-after'] ?? 0,
    refreshedAfterLoss: refreshes.filter(tries =>
      tries.some(({ kind }, at) => kind === 'info' && tries[at + 1]?.kind === 'ok'),
    ).length,
    signedOut: count('identity.sign-out', ({ kind }) => kind === 'ok'),
    refusedAfterSignOut: count('identity.use', ({ status }) => status === 401),
    followed: count('links.follow', ({ status }) => status === 302),
    snooped: count('links.snoop', ({ status }) => status === 404),
  }
}

/** Names of what a run should have seen and did not. */
export function mustHaveSeen(sometimes: Sometimes): string[] {
  return Object.entries(sometimes).flatMap(([name, count]) => (count === 0 ? [name] : []))
}
