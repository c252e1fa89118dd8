/** Limits the mails that strangers can cause for one address. */
import { createHash } from 'node:crypto'
import type { Tx } from '@octet/db'
import { takeMailAllowance } from './store.ts'

/** Per day. Further mails are dropped silently; links and codes sent before stay valid. */
const perDayMax = { code: 10, 'known-address': 3, reset: 10 } as const

/** Counts a mail of this kind; `false` when the daily quota is used up. Only a hash of the address is stored. */
export function takeMailQuota(tx: Tx, kind: keyof typeof perDayMax, emailKey: string): Promise<boolean> {
  const emailHash = createHash('sha256').update(emailKey).digest()
  return takeMailAllowance(tx, { kind, emailHash, max: perDayMax[kind] })
}
