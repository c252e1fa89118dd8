import { commonProblem } from '@octet/contracts'
import { isMailAddress } from '@octet/mail'
import type { IdentityContext } from '../context.ts'
import { isDisposable } from './mail-domains.ts'

/** Throws `validation-failed` for an address that no mail can be sent to, or that is thrown away after use. */
export function checkEmail({ refusesDisposable }: Pick<IdentityContext, 'refusesDisposable'>, email: string): void {
  const isKept = !refusesDisposable || !isDisposable(email)
  if (isMailAddress(email) && isKept) return
  const message = isKept ? 'is not an address mail can be sent to' : 'is at a service for throw-away addresses'
  throw commonProblem('validation-failed', { errors: [{ path: '/email', message }] })
}
