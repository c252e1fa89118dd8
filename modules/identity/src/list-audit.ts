import { commonProblem, type Input, type identity, type Output, requireUser } from '@octet/contracts'
import { listEntries } from './audit-store.ts'
import type { IdentityContext } from './context.ts'

const limitDefault = 20

/** What happened to the caller's account, newest first. */
export async function listAudit(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listAudit'>,
): Promise<Output<typeof identity, 'listAudit'>> {
  const { userId } = requireUser(ctx.actor)
  const limit = input.limit ?? limitDefault
  const found = await listEntries(ctx.db, { userId, limit, before: readCursor(input.cursor) })
  const rows = found.slice(0, limit)
  const hasMore = found.length > limit
  return {
    data: rows.map(row => ({
      seq: row.seq,
      at: row.at,
      action: row.action,
      by: row.by,
      address: row.address,
      userAgent: row.user_agent,
      details: { ...row.details },
      // Which of the administrators it was is not for the owner to know.
      otherUserId: row.by === 'self' ? row.other_user_id : null,
    })),
    meta: { limit, hasMore, nextCursor: hasMore ? writeCursor(rows.at(-1)?.seq) : null },
  }
}

function writeCursor(seq: number | undefined): string {
  return Buffer.from(`before ${seq}`).toString('base64url')
}

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const seq = /^before (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (seq !== undefined) return Number(seq)
  throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
}
