import type { Input, Output } from '@octet/contracts'
import type { identity, PasskeyAssertion } from '@octet/contracts/identity'
import { findUser } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { verifyPasskey } from '../passkeys/verify-passkey.ts'
import { problem } from '../problem.ts'
import { issueTokens } from './issue-tokens.ts'
import { signBrowserIn, type WebSession } from './sign-browser-in.ts'

/**
 * Signs an API client in with a passkey, which identifies the account. Throws `passkey-refused`, `account-disabled`,
 * and `second-factor-required` when a second factor is enabled and the device did not verify its user.
 */
export async function passkeyLogin(
  ctx: IdentityContext,
  { passkey }: Input<typeof identity, 'passkeyLogin'>,
): Promise<Output<typeof identity, 'passkeyLogin'>> {
  const { user, verified } = await prove(ctx, passkey)
  return issueTokens(ctx, user, verified)
}

/** Signs a browser in with a passkey. */
export async function webPasskeyLogin(
  ctx: IdentityContext,
  { passkey, remember }: Input<typeof identity, 'webPasskeyLogin'>,
): Promise<WebSession> {
  const { user, verified } = await prove(ctx, passkey)
  return signBrowserIn(ctx, { user, remember: remember ?? true, verified })
}

async function prove(ctx: IdentityContext, passkey: PasskeyAssertion) {
  const verified = await verifyPasskey(ctx, passkey, 'sign-in')
  const user = await findUser(ctx.db, verified.userId)
  if (user === undefined) throw problem('passkey-refused')
  return { user, verified }
}
