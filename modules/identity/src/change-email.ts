import { type Input, type identity, type Output, requireUser } from '@octet/contracts'
import { askForProof } from './ask-for-proof.ts'
import type { IdentityContext } from './context.ts'
import { checkEmail } from './registration.ts'
import { emailKey } from './rules.ts'

/** Sends a code to the new address. Nothing changes until it is entered; the answer never says whose it is. */
export async function changeEmail(
  ctx: IdentityContext,
  { email }: Input<typeof identity, 'changeEmail'>,
): Promise<Output<typeof identity, 'changeEmail'>> {
  checkEmail(ctx, email)
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('identity.changeEmail', tx => {
    return askForProof(ctx, tx, { userId, email, emailKey: emailKey(email) })
  })
  return {}
}
