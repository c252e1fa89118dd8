import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { createAccount } from './create-account.ts'
import { issueTokens } from './issue-tokens.ts'
import { signBrowserIn, type WebSession } from './sign-browser-in.ts'

/**
 * Creates an account and signs in. The answer is the same whether or not another account uses the address. Publishes
 * `user-registered`. Throws `username-taken`, `username-reserved`, `unavailable`, `rate-limited`.
 */
export async function register(
  ctx: IdentityContext,
  input: Input<typeof identity, 'register'>,
): Promise<Output<typeof identity, 'register'>> {
  return issueTokens(ctx, await createAccount(ctx, input))
}

/** Creates an account and signs the browser in. Publishes `user-registered`. Throws what `register` throws. */
export async function webRegister(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webRegister'>,
): Promise<WebSession> {
  return signBrowserIn(ctx, { user: await createAccount(ctx, input), remember: true })
}
