/** The server broken in one place on purpose. An oracle that stays green on its mutant proves nothing. */
import type { OracleName } from '../oracles/oracle.ts'
import type { Patch } from './patch.ts'

export interface Mutant extends Patch {
  /** The oracle that must turn red in the short run, and what it then says. */
  readonly red?: {
    readonly oracle: OracleName
    readonly says: RegExp
    /** The fault that makes the mutant visible. */
    readonly under: 'cut-outbox' | 'kill-postgres'
  }
}
