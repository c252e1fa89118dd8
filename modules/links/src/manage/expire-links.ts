import type { LinksContext } from '../context.ts'
import * as store from './store.ts'

const batchMax = 500

/**
 * Publishes `link-expired` for links whose time has come, once per link however many processes run the job. Redirects
 * check the clock themselves; this is for subscribers.
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
