import type { Input, identity } from '@octet/contracts'
import type { IdentityContext } from './context.ts'
import type { WebSession } from './issue-session.ts'
import { createAccount } from './register.ts'
import { signBrowserIn } from './web-login.ts'

/** Makes an account and signs the browser in. Publishes `user-registered`. Throws what `register` throws. */
export async function webRegister(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webRegister'>,
): Promise<WebSession> {
  return signBrowserIn(ctx, { user: await createAccount(ctx, input), remember: true })
}
