import type { Input, identity, Output } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { createAccount } from './create-account.ts'
import { issueTokens } from './issue-tokens.ts'

/**
 * Makes an account and signs in. Whether the address is known elsewhere makes no difference. Publishes
 * `user-registered`. Throws `username-taken`, `username-reserved`, `unavailable`, `rate-limited`.
 */
export async function register(
  ctx: IdentityContext,
  input: Input<typeof identity, 'register'>,
): Promise<Output<typeof identity, 'register'>> {
  return issueTokens(ctx, await createAccount(ctx, input))
}
