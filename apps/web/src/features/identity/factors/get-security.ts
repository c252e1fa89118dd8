/** The account's protection: password, second step and passkeys. */
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import type { Way } from './proof-form.tsx'

export type Security = Output<typeof identity, 'getSecurity'>

export const securityQuery = queryOptions({
  queryKey: ['identity', 'security'],
  queryFn: ({ signal }) => identityApi.getSecurity({}, { signal }),
})

/** The factors for a fresh sign-in; the password is only one of them when no stronger factor is on. */
export function waysOf(security: Security, canUsePasskeys: boolean): readonly Way[] {
  const ways: Way[] = []
  if (security.hasPassword && !security.twoStep) ways.push('password')
  if (security.totpSince !== null) ways.push('totp')
  if (security.passkeys > 0 && canUsePasskeys) ways.push('passkey')
  if (security.twoStep && security.recoveryCodesLeft > 0) ways.push('recovery-code')
  return ways
}
