import * as visitorStore from '../clicks/visitor-store.ts'
import type { LinksContext } from '../context.ts'
import { sketchesSince } from './count-clicks.ts'
import { forgetWatches } from './watch-store.ts'

const batchMax = 5_000

/** Deletes the salts of past days and later the sketches; the numbers stay. */
export async function forgetVisitors(ctx: LinksContext): Promise<void> {
  const today = new Date(ctx.now()).toISOString().slice(0, 10)
  const query = { today, sketchesSince: sketchesSince(ctx.now()), limit: batchMax }
  while ((await visitorStore.forgetVisitors(ctx.db, query)) === batchMax) {
    // The next ones.
  }
  await forgetWatches(ctx.db, new Date(ctx.now()).toISOString())
}
