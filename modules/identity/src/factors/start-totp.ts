import { randomBytes } from 'node:crypto'
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { putTotp } from './store.ts'
import { base32, otpauthUri, secretSizeBytes } from './totp.ts'
import { sealTotp } from './totp-secret.ts'

/** Creates a secret for an app. It takes effect when confirmed. Throws `totp-on`. */
export async function startTotp(ctx: IdentityContext): Promise<Output<typeof identity, 'startTotp'>> {
  const { id, username } = await accessOwnAccount(ctx.db, ctx.actor)
  const secret = randomBytes(secretSizeBytes)
  if (!(await putTotp(ctx.db, id, sealTotp(ctx, id, secret)))) throw problem('totp-on')
  return { secret: base32(secret), uri: otpauthUri({ secret, issuer: issuerOf(ctx.origin), account: username }) }
}

/** The issuer that the app shows, so that several installations can be told apart. */
function issuerOf(origin: string): string {
  const { host, hostname } = new URL(origin)
  return hostname === 'localhost' ? 'Octet' : `Octet ${host.replaceAll(':', ' ')}`
}
