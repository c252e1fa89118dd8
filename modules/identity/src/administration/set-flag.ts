import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessManagedAccount } from '../account/access.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'

/**
 * Decides a flag: this process knows it with the answer, the others within a second or two. With null the default holds
 * again. Throws `not-found`.
 */
export async function setFlag(
  ctx: IdentityContext,
  { name, sharePercent }: Input<typeof identity, 'setFlag'>,
): Promise<Output<typeof identity, 'setFlag'>> {
  const { userId } = requireUser(ctx.actor)
  const before = await findFlag(ctx, name)
  if (before === undefined) throw commonProblem('not-found')
  await ctx.db.transaction('identity.setFlag', async tx => {
    // The account may have been erased since its token was issued, and only an account has an audit log.
    await accessManagedAccount(tx, userId)
    await ctx.installationFlags.set(tx, name, sharePercent)
    const share = sharePercent ?? 'default'
    await audit(ctx, tx, { userId, action: 'flag-changed', details: { flag: name, share: String(share) } })
  })
  await ctx.installationFlags.refresh()
  return { ...((await findFlag(ctx, name)) ?? before) }
}

async function findFlag({ installationFlags }: IdentityContext, name: string) {
  return (await installationFlags.list()).find(flag => flag.name === name)
}
