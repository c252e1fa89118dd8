import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import { publicUserOf } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { countBlockRows, findBlocksBetween, listBlockRows } from './store.ts'

/** People blocked by the caller, latest first. */
export async function listBlocks(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listBlocks'>,
): Promise<Output<typeof identity, 'listBlocks'>> {
  const { userId } = requireUser(ctx.actor)
  const { limit, after } = readPage(input)
  const rows = await listBlockRows(ctx.db, { userId, limit, after })
  const total = await totalOf(input, rowsMax => countBlockRows(ctx.db, userId, rowsMax))
  return pageOf(rows, {
    limit,
    total,
    positionOf: row => ({ at: row.blocked_at, id: row.id }),
    view: row => ({ user: publicUserOf(row), createdAt: row.blocked_at }),
  })
}

/** Blocks between one person and others, for modules in which people meet. */
export async function getBlocks(
  ctx: IdentityContext,
  { userId, otherIds }: Input<typeof identity, 'getBlocks'>,
): Promise<Output<typeof identity, 'getBlocks'>> {
  const rows = await findBlocksBetween(ctx.db, userId, otherIds)
  return {
    blockedBy: rows.filter(row => row.blocked_id === userId).map(row => row.blocker_id),
    hasBlocked: rows.filter(row => row.blocker_id === userId).map(row => row.blocked_id),
  }
}
