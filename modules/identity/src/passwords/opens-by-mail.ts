import type { Queryable } from '@octet/db'
import { opensByUnprovedAddress, type UserRow } from '../account/rules.ts'
import { isTwoStep } from '../factors/challenge-problem.ts'

/**
 * Whether a link mailed to the account's address may set its password. To a proved address, always: a second factor is
 * asked for afterwards. To one that was only claimed, not where a second factor or a role would be lost to whoever
 * happens to have that mailbox.
 */
export async function opensByMail(db: Queryable, user: UserRow): Promise<boolean> {
  if (user.email_verified) return true
  return opensByUnprovedAddress(user) && !(await isTwoStep(db, user.id))
}
