import type { Input, identity, Output } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { checkCredentials } from './check-credentials.ts'
import { issueTokens } from './issue-tokens.ts'

/** Signs an API client in. Throws `wrong-credentials`, `unavailable`, `rate-limited`. */
export async function login(
  ctx: IdentityContext,
  input: Input<typeof identity, 'login'>,
): Promise<Output<typeof identity, 'login'>> {
  return issueTokens(ctx, await checkCredentials(ctx, input))
}
