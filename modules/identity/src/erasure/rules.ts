/** When an erasure advances, and to which state. */
import { job } from '@octet/jobs'
import type { ErasureState } from './store.ts'

export const advanceErasuresJob = job('identity.advance-erasures')

/** Requests that started before the account was disabled may still write. No operation takes longer than this. */
const settleMs = 15_000
/** Modules that have not answered are asked again after this time. Asking twice is harmless. */
const askAgainMs = 10 * 60_000

/** The next state of a due erasure, and the delay until the next check. */
export function nextStep(state: ErasureState): { readonly state: ErasureState; readonly afterMs: number } {
  switch (state) {
    case 'waiting':
      return { state: 'frozen', afterMs: settleMs }
    case 'frozen':
    case 'erasing':
      return { state: 'erasing', afterMs: askAgainMs }
  }
}
