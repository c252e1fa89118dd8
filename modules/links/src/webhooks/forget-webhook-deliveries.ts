import type { LinksContext } from '../context.ts'
import * as deliveryStore from './delivery-store.ts'

const keptMs = 30 * 86_400_000
const batchMax = 1_000

/** Forgets messages and their attempts after 30 days, delivered or not. */
export async function forgetWebhookDeliveries(ctx: LinksContext): Promise<void> {
  const before = new Date(ctx.now() - keptMs).toISOString()
  for (let gone = batchMax; gone === batchMax; ) {
    gone = await deliveryStore.forgetDeliveries(ctx.db, before, batchMax)
  }
}
