/** How a refresh token is answered. Pure; the clock is an argument. */
export const graceMs = 10_000

export const graceAnswersMax = 5

export interface RefreshState {
  /** Counter of the newest issued token. */
  readonly counter: number
  readonly refreshedAgoMs: number
  readonly graceAnswers: number
}

/**
 * `advance`: the newest token; issue the next one. `repeat`: answer with the newest again. `grace`: the same, and count
 * it. `foreign`: newer than any issued token, as after a restore from a backup. `replay`: end the session.
 */
export type RefreshDecision = 'advance' | 'repeat' | 'grace' | 'foreign' | 'replay'

/**
 * How a correctly signed refresh token is answered. The previous token is always answered: its holder did not receive
 * the newest one (lost response, parallel request), and it creates no branch. Older tokens are answered within {@link
 * graceMs}, at most {@link graceAnswersMax} times, for tabs that refresh at the same time. Source: Supabase Auth v2,
 * `internal/tokens/service.go`.
 */
export function decideRefresh(state: RefreshState, presentedCounter: number): RefreshDecision {
  const behind = state.counter - presentedCounter
  if (behind < 0) return 'foreign'
  if (behind === 0) return 'advance'
  if (behind === 1) return 'repeat'
  return state.refreshedAgoMs <= graceMs && state.graceAnswers < graceAnswersMax ? 'grace' : 'replay'
}
