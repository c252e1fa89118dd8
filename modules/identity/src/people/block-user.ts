import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { findUser, lockUser } from '../account/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { countBlocks, deleteBlock, insertBlock } from './store.ts'

const blocksMax = 1_000

/** Blocks a person. Idempotent. Throws `not-found`, `own-account`, `too-many-blocks`. */
export async function blockUser(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'blockUser'>,
): Promise<Output<typeof identity, 'blockUser'>> {
  const { userId } = requireUser(ctx.actor)
  if (id === userId) throw problem('own-account')
  await ctx.db.transaction('identity.blockUser', async tx => {
    if ((await lockUser(tx, userId)) === undefined) throw commonProblem('unauthenticated')
    if ((await findUser(tx, id)) === undefined) throw commonProblem('not-found')
    if ((await countBlocks(tx, userId)) >= blocksMax) throw problem('too-many-blocks')
    if (await insertBlock(tx, userId, id)) await audit(ctx, tx, { userId, action: 'blocked', otherUserId: id })
  })
  return {}
}

/** Removes a block. Idempotent. */
export async function unblockUser(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'unblockUser'>,
): Promise<Output<typeof identity, 'unblockUser'>> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('identity.unblockUser', async tx => {
    if (await deleteBlock(tx, userId, id)) await audit(ctx, tx, { userId, action: 'unblocked', otherUserId: id })
  })
  return {}
}
