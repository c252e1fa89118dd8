/** Checks and hashes a new password. */
import { commonProblem } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { normalPassword, refusePassword } from './rules.ts'
import { addressOf } from './throttle.ts'

/** Throws `validation-failed` for a weak password. */
export function checkPassword(account: { username: string; email: string | null; password: string }): void {
  const { username, email, password } = account
  const refusal = refusePassword(password, { username, email })
  if (refusal === undefined) return
  throw commonProblem('validation-failed', { errors: [{ path: '/password', message: refusal }] })
}

/**
 * Counts the attempt against the caller's network, then hashes the password. Call `creditBack` once the account has
 * been created. Throws `rate-limited`, `unavailable`.
 */
export async function hashNewPassword(
  { throttle, passwords, request }: Pick<IdentityContext, 'throttle' | 'passwords' | 'request'>,
  password: string,
): Promise<{ readonly hash: string; readonly creditBack: () => Promise<void> }> {
  const creditBack = await throttle.take({ address: addressOf(request) })
  const hash = await passwords.hash(normalPassword(password) ?? '')
  return { hash, creditBack }
}
