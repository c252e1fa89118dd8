import { type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { targetKey } from './codes.ts'
import * as exampleStore from './example-store.ts'
import * as store from './store.ts'

/** Deletes the example links the caller took over. Publishes `link-deleted` for each. */
export async function removeExamples(ctx: LinksContext): Promise<Output<typeof links, 'removeExamples'>> {
  const { userId } = requireUser(ctx.actor)
  const removed = await ctx.db.transaction('links.removeExamples', async tx => {
    const gone = await store.deleteLinks(
      tx,
      await exampleStore.exampleIds(tx, userId),
      new Date(ctx.now()).toISOString(),
    )
    for (const { id } of gone) await tx.publish('link-deleted', { linkId: id })
    return gone
  })
  for (const { code } of removed) ctx.targets.delete(targetKey(code))
  return { removed: removed.length }
}
