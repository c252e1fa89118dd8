import type { Input, Output } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { forgetLink, removeLink } from '../manage/delete-link.ts'
import { type LinkRow, linkOf } from '../manage/rules.ts'
import { resultOf, summaryOf } from './results.ts'

/**
 * Deletes the caller's links in one transaction, in the order of their ids, and reports the ids it did not find.
 * Publishes `link-deleted` for each.
 */
export async function deleteLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'deleteLinks'>,
): Promise<Output<typeof links, 'deleteLinks'>> {
  const ordered = [...input.ids.entries()].sort(([, a], [, b]) => (a < b ? -1 : 1))
  const gone: LinkRow[] = []
  const summary = await ctx.once('links.deleteLinks', async tx => {
    const results = []
    for (const [index, id] of ordered) {
      results.push(
        await resultOf(index, async () => {
          const row = await removeLink(ctx, tx, id)
          gone.push(row)
          return linkOf(row, ctx.origin)
        }),
      )
    }
    return summaryOf(results.sort((a, b) => a.index - b.index))
  })
  for (const row of gone) forgetLink(ctx, row)
  return summary
}
