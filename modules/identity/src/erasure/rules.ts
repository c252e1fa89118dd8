/** When an erasure moves on, and to what. */
import type { ErasureState } from './store.ts'

export const advanceErasuresJob = 'identity.advance-erasures'

/** What a request began before the account was shut out may still write: no operation takes longer than this. */
const settleMs = 15_000
/** Modules that have not answered are asked again this often; asking twice does no harm. */
const askAgainMs = 10 * 60_000

/** The next state of an erasure whose time has come, and how long until it is looked at again. */
export function nextStep(state: ErasureState): { readonly state: ErasureState; readonly afterMs: number } {
  switch (state) {
    case 'waiting':
      return { state: 'frozen', afterMs: settleMs }
    case 'frozen':
    case 'erasing':
      return { state: 'erasing', afterMs: askAgainMs }
  }
}
