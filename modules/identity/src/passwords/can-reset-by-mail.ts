import type { Queryable } from '@octet/db'
import type { UserRow } from '../account/rules.ts'
import { isTwoStep } from '../factors/challenge-problem.ts'

/**
 * Whether a link mailed to the account's address may set its password. To a proved address, always: a second factor is
 * asked for afterwards. To one that was only claimed, not where a second factor or a role would be lost to whoever
 * happens to have that mailbox.
 */
export async function canResetByMail(db: Queryable, user: UserRow): Promise<boolean> {
  if (user.email_verified) return true
  return canResetByUnverifiedAddress(user) && !(await isTwoStep(db, user.id))
}

/**
 * Whether a link mailed to an address that was never proved may open the account. Not where it would open more than
 * what anybody can sign up for: a mistyped address must not make a stranger administrator.
 */
function canResetByUnverifiedAddress({ roles }: Pick<UserRow, 'roles'>): boolean {
  return roles.every(role => role === 'user')
}
