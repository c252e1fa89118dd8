/** What a refresh token earns. Pure; the clock is an argument. */
export const graceMs = 10_000

export const graceAnswersMax = 5

export interface RefreshState {
  /** Counter of the newest token issued. */
  readonly counter: number
  readonly refreshedAgoMs: number
  readonly graceAnswers: number
}

/**
 * `advance`: the newest token; issue the next. `repeat`: answer with the newest again. `grace`: the same, and count it.
 * `foreign`: newer than anything issued, as after a restore from backup. `replay`: end the session.
 */
export type RefreshDecision = 'advance' | 'repeat' | 'grace' | 'foreign' | 'replay'

/**
 * What a properly signed refresh token earns. The previous token is answered for ever: its holder did not get the
 * newest one (lost answer, parallel request), and it stays harmless as it yields no branch of its own. Older ones are
 * answered within {@link graceMs}, for tabs that refresh at once, at most {@link graceAnswersMax} times.
 * Source: Supabase Auth v2, `internal/tokens/service.go`.
 */
export function decideRefresh(state: RefreshState, presentedCounter: number): RefreshDecision {
  const behind = state.counter - presentedCounter
  if (behind < 0) return 'foreign'
  if (behind === 0) return 'advance'
  if (behind === 1) return 'repeat'
  return state.refreshedAgoMs <= graceMs && state.graceAnswers < graceAnswersMax ? 'grace' : 'replay'
}
