import type { Tx } from '@octet/db'

/** A proof that looked right. It counts when `claim` has gone through in the transaction that it is for. */
export interface VerifiedFactor {
  /** 1: by one factor. 2: by two. */
  readonly aal: 1 | 2
  /** With one: which. */
  readonly firstFactor?: 'password' | 'passkey'
  /** The passkey it was proved by: its removal ends the session. */
  readonly passkeyId?: string
  /** Uses the proof up; throws when somebody else just did. */
  claim(tx: Tx): Promise<void>
}
