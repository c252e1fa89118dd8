/** A password that is about to be kept. */
import { commonProblem } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { normalPassword, refusePassword } from './rules.ts'
import { addressOf } from './throttle.ts'

/** Throws `validation-failed` for a password that would be no protection. */
export function checkPassword(account: { username: string; email: string | null; password: string }): void {
  const { username, email, password } = account
  const refusal = refusePassword(password, { username, email })
  if (refusal === undefined) return
  throw commonProblem('validation-failed', { errors: [{ path: '/password', message: refusal }] })
}

/**
 * The password's hash, after the caller's network was let through. Call the second part when the account was made.
 * Throws `rate-limited`, `unavailable`.
 */
export async function hashNewPassword(
  { throttle, passwords, request }: Pick<IdentityContext, 'throttle' | 'passwords' | 'request'>,
  password: string,
): Promise<{ readonly hash: string; readonly creditBack: () => Promise<void> }> {
  const creditBack = await throttle.take({ address: addressOf(request) })
  const hash = await passwords.hash(normalPassword(password) ?? '')
  return { hash, creditBack }
}
