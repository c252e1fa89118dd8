import type { Tx } from '@octet/db'

/** A factor that passed verification. It counts once `claim` succeeds in the transaction that needs it. */
export interface VerifiedFactor {
  /** Authenticator assurance level: verified by one or by two factors. */
  readonly aal: 1 | 2
  /** Which factor, when there is only one. */
  readonly firstFactor?: 'password' | 'passkey'
  /** The passkey used. Removing it ends the session. */
  readonly passkeyId?: string
  /** Uses the factor up. Throws when another request did so first. */
  claim(tx: Tx): Promise<void>
}
