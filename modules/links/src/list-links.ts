import { commonProblem, type Input, type links, type Output, requireUser } from '@octet/contracts'
import * as clickStore from './click-store.ts'
import type { LinksContext } from './context.ts'
import { normalHost } from './domain-rules.ts'
import * as listStore from './list-store.ts'
import { decodeCursor, encodeCursor, linkOf, type Row } from './rules.ts'

const limitDefault = 20
const recentDays = 14

/** The caller's links by time of creation, with two weeks of clicks each (days in UTC, today last). */
export async function listLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'listLinks'>,
): Promise<Output<typeof links, 'listLinks'>> {
  const { userId } = requireUser(ctx.actor)
  const limit = input.limit ?? limitDefault
  const sort = input.sort ?? '-createdAt'
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor)
  // A cursor of one order says nothing in another.
  if (input.cursor !== undefined && after?.key.includes('T') !== (sort !== '-clicks')) {
    throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
  }
  const found = await listStore.listLinks(ctx.db, {
    ownerId: userId,
    limit,
    after,
    sort,
    q: input.q,
    tag: input.tag,
    folderId: input.folderId,
    domain: input.domain === undefined ? undefined : (normalHost(input.domain) ?? input.domain),
    isArchived: input.isArchived ?? false,
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
      nextCursor: hasMore && last !== undefined ? encodeCursor({ key: keyOf(sort, last), id: last.id }) : null,
    },
  }
}

function keyOf(sort: listStore.ListQuery['sort'], row: Row): string {
  return sort === '-clicks' ? String(row.clicks) : row.created_at
}

async function recentClicks(ctx: LinksContext, linkIds: readonly string[]): Promise<Map<string, number[]>> {
  const recent = new Map<string, number[]>()
  if (linkIds.length === 0) return recent
  const now = new Date(ctx.now()).toISOString()
  for (const day of await clickStore.dailyClicks(ctx.db, { linkIds, days: recentDays, timeZone: 'UTC', now })) {
    const counts = recent.get(day.link_id) ?? []
    counts.push(day.clicks)
    recent.set(day.link_id, counts)
  }
  return recent
}
