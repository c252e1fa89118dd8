import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { normalHost } from '@octet/domains'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import * as clickStore from '../clicks/store.ts'
import type { LinksContext } from '../context.ts'
import * as listStore from './list-store.ts'
import { type LinkRow, linkOf } from './rules.ts'

const recentDays = 14

/** The caller's links by creation time, with two weeks of clicks each (UTC days, today last). */
export async function listLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'listLinks'>,
): Promise<Output<typeof links, 'listLinks'>> {
  const { userId } = requireUser(ctx.actor)
  const sort = input.sort ?? '-createdAt'
  const { limit, after } = readPage(input, sort === '-clicks' ? 'number' : 'time')
  const filter = {
    ownerId: userId,
    q: input.q,
    tag: input.tag,
    folderId: input.folderId,
    domain: input.domain === undefined ? undefined : (normalHost(input.domain) ?? input.domain),
    isArchived: input.isArchived ?? false,
  }
  const found = await listStore.listLinks(ctx.db, { ...filter, limit, after, sort })
  const total = await totalOf(input, rowsMax => listStore.countLinks(ctx.db, filter, rowsMax))
  const recent = await recentClicks(
    ctx,
    found.slice(0, limit).map(({ id }) => id),
  )
  return pageOf(found, {
    limit,
    total,
    positionOf: row => ({ at: sort === '-clicks' ? String(row.clicks) : row.created_at, id: row.id }),
    view: (row: LinkRow) => ({ ...linkOf(row, ctx.origin), recentClicks: recent.get(row.id) ?? [] }),
  })
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
