import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { checkCredentials } from './check-credentials.ts'
import type { TrustedDevice } from './device-cookie.ts'
import { type BegunWebSession, signBrowserIn } from './sign-browser-in.ts'

/** Signs the browser in. Throws what `login` throws; a failure leaves the browser's session as it was. */
export async function webLogin(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webLogin'>,
  device: TrustedDevice | undefined,
): Promise<BegunWebSession> {
  const user = await checkCredentials(ctx, { ...input, device })
  return signBrowserIn(ctx, { user, remember: input.remember ?? true })
}
