import { type Input, type identity, requireUser } from '@octet/contracts'
import { accessOwnAccount } from './access.ts'
import { checkCredentials } from './check-credentials.ts'
import type { IdentityContext } from './context.ts'
import { problem } from './problem.ts'

/** Makes the caller prove anew who they are. Throws `wrong-credentials`, `unavailable`, `rate-limited`. */
export async function provePresence(ctx: IdentityContext, proof: Input<typeof identity, 'stepUp'>): Promise<void> {
  const { username } = await accessOwnAccount(ctx.db, ctx.actor)
  const user = await checkCredentials(ctx, { login: username, password: proof.password })
  if (user.id !== requireUser(ctx.actor).userId) throw problem('wrong-credentials')
}
