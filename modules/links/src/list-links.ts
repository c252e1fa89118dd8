import { commonProblem, type Input, type links, type Output, requireUser } from '@octet/contracts'
import type { LinksContext } from './context.ts'
import { decodeCursor, encodeCursor, linkOf } from './rules.ts'
import * as store from './store.ts'

const limitDefault = 20
const recentDays = 14

/** The caller's links by time of creation, with two weeks of clicks each (days in UTC, today last). */
export async function listLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'listLinks'>,
): Promise<Output<typeof links, 'listLinks'>> {
  const { userId } = requireUser(ctx.actor)
  const limit = input.limit ?? limitDefault
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor)
  if (input.cursor !== undefined && after === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
  }
  const isAscending = input.sort === 'createdAt'
  const found = await store.listLinks(ctx.db, {
    ownerId: userId,
    limit,
    after,
    isAscending,
    q: input.q,
    tag: input.tag,
  })
  const rows = found.slice(0, limit)
  const recent = await recentClicks(
    ctx,
    rows.map(({ id }) => id),
  )
  const last = rows.at(-1)
  const hasMore = found.length > limit
  return {
    data: rows.map(row => ({ ...linkOf(row, ctx.origin), recentClicks: recent.get(row.id) ?? [] })),
    meta: {
      limit,
      hasMore,
      nextCursor: hasMore && last !== undefined ? encodeCursor({ createdAt: last.created_at, id: last.id }) : null,
    },
  }
}

async function recentClicks(ctx: LinksContext, linkIds: readonly string[]): Promise<Map<string, number[]>> {
  const recent = new Map<string, number[]>()
  if (linkIds.length === 0) return recent
  const now = new Date(ctx.now()).toISOString()
  for (const day of await store.dailyClicks(ctx.db, { linkIds, days: recentDays, timeZone: 'UTC', now })) {
    const counts = recent.get(day.link_id) ?? []
    counts.push(day.clicks)
    recent.set(day.link_id, counts)
  }
  return recent
}
