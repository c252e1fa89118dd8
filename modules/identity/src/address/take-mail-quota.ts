/** How many mails strangers can cause to one address. */
import { createHash } from 'node:crypto'
import type { Tx } from '@octet/db'
import { takeMailAllowance } from './store.ts'

/** A day. What is beyond is dropped in silence: the links and codes sent before stay good. */
const perDayMax = { code: 10, 'known-address': 3, reset: 10 } as const

/** Counts a mail of this kind to the address; `false` when there were enough today. Only a hash of it is kept. */
export function takeMailQuota(tx: Tx, kind: keyof typeof perDayMax, emailKey: string): Promise<boolean> {
  const emailHash = createHash('sha256').update(emailKey).digest()
  return takeMailAllowance(tx, { kind, emailHash, max: perDayMax[kind] })
}
