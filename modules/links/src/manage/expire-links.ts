import type { LinksContext } from '../context.ts'
import * as store from './store.ts'

const batchMax = 500

/**
 * Announces links whose time has come. The redirect itself looks at the clock and needs no job; this is for those who
 * want to hear of it. Publishes `link-expired`, once per link however many processes run the job.
 */
export async function expireLinks(ctx: LinksContext): Promise<void> {
  const now = new Date(ctx.now()).toISOString()
  for (let expired = batchMax; expired === batchMax; ) {
    expired = await ctx.db.transaction('links.expireLinks', async tx => {
      const ids = await store.markExpired(tx, now, batchMax)
      for (const linkId of ids) await tx.publish('link-expired', { linkId, reason: 'date' })
      return ids.length
    })
  }
}
