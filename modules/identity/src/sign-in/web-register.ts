import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { createAccount } from './create-account.ts'
import { signBrowserIn, type WebSession } from './sign-browser-in.ts'

/** Makes an account and signs the browser in. Publishes `user-registered`. Throws what `register` throws. */
export async function webRegister(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webRegister'>,
): Promise<WebSession> {
  return signBrowserIn(ctx, { user: await createAccount(ctx, input), remember: true })
}
