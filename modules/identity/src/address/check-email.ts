import { commonProblem } from '@octet/contracts'
import { isMailAddress } from '@octet/mail'
import type { IdentityContext } from '../context.ts'
import { isDisposable } from './mail-domains.ts'

/** Throws `validation-failed` for an invalid or disposable address. */
export function checkEmail({ refusesDisposable }: Pick<IdentityContext, 'refusesDisposable'>, email: string): void {
  const isAccepted = !refusesDisposable || !isDisposable(email)
  if (isMailAddress(email) && isAccepted) return
  const message = isAccepted ? 'is not a valid e-mail address' : 'is a disposable address'
  throw commonProblem('validation-failed', { errors: [{ path: '/email', message }] })
}
