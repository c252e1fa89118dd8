import type { Input, Output } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { targetKey } from '../manage/codes.ts'
import { linkOf } from '../manage/rules.ts'
import { changeLink, prepareChange } from '../manage/update-link.ts'
import { resultOf, summaryOf } from './results.ts'

type Item = Input<typeof links, 'updateLinks'>['links'][number]

/**
 * Updates links in one transaction and reports a problem for each that cannot change. Goes in the order of their ids,
 * so that two bulks cannot deadlock. Publishes `link-updated` for each.
 */
export async function updateLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'updateLinks'>,
): Promise<Output<typeof links, 'updateLinks'>> {
  const hashes = new Map<Item, string | null | undefined>()
  const results: Awaited<ReturnType<typeof resultOf>>[] = []
  const ready: { index: number; item: Item }[] = []
  for (const [index, item] of input.links.entries()) {
    const result = await resultOf(index, async () => {
      hashes.set(item, await prepareChange(ctx, item))
      return undefined as never
    })
    if (result.problem === null) ready.push({ index, item })
    else results.push(result)
  }
  ready.sort((a, b) => (a.item.id < b.item.id ? -1 : a.item.id > b.item.id ? 1 : a.index - b.index))
  const keys: string[] = []
  const summary = await ctx.once('links.updateLinks', async tx => {
    for (const { index, item } of ready) {
      results.push(
        await resultOf(index, async () => {
          const row = await changeLink(ctx, tx, { input: item, passwordHash: hashes.get(item) })
          keys.push(targetKey(row.code, row.domain_id))
          return linkOf(row, ctx.origin)
        }),
      )
    }
    return summaryOf(results.sort((a, b) => a.index - b.index))
  })
  for (const key of keys) ctx.targets.delete(key)
  return summary
}
