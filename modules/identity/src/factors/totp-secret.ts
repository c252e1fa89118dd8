/** The sealed secret of an authenticator app. */
import type { IdentityContext } from '../context.ts'

const purposeOf = (userId: string) => `totp ${userId}`

export function sealTotp({ secrets }: IdentityContext, userId: string, secret: Uint8Array): Buffer {
  return secrets.seal(secret, purposeOf(userId))
}

export function openTotp({ secrets }: IdentityContext, userId: string, sealed: Uint8Array): Buffer {
  return secrets.open(sealed, purposeOf(userId))
}
