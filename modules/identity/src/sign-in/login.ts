import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { checkCredentials } from './check-credentials.ts'
import type { TrustedDevice } from './device-cookie.ts'
import { issueTokens } from './issue-tokens.ts'
import { type BegunWebSession, signBrowserIn } from './sign-browser-in.ts'

/** Signs an API client in. Throws `wrong-credentials`, `unavailable`, `rate-limited`. */
export async function login(
  ctx: IdentityContext,
  input: Input<typeof identity, 'login'>,
): Promise<Output<typeof identity, 'login'>> {
  return issueTokens(ctx, await checkCredentials(ctx, input))
}

/** Signs the browser in. Throws what `login` throws. A failure leaves the browser's current session unchanged. */
export async function webLogin(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webLogin'>,
  device: TrustedDevice | undefined,
): Promise<BegunWebSession> {
  const user = await checkCredentials(ctx, { ...input, device })
  return signBrowserIn(ctx, { user, remember: input.remember ?? true })
}
