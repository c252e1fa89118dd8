import type { Queryable } from '@octet/db'
import type { UserRow } from '../account/rules.ts'
import { isTwoStep } from '../factors/challenge-problem.ts'

/**
 * Whether a link mailed to the account's address may reset its password. Always for a verified address, because a
 * second factor is still required afterwards. For an unverified one only if neither a second factor nor a role could
 * fall to the owner of that mailbox.
 */
export async function canResetByMail(db: Queryable, user: UserRow): Promise<boolean> {
  if (user.email_verified) return true
  return canResetByUnverifiedAddress(user) && !(await isTwoStep(db, user.id))
}

/**
 * Whether a link to an unverified address may reset the password: only for accounts without special roles. A mistyped
 * address must not make a stranger an administrator.
 */
function canResetByUnverifiedAddress({ roles }: Pick<UserRow, 'roles'>): boolean {
  return roles.every(role => role === 'user')
}
