import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { targetKey } from '../manage/codes.ts'
import { addLink, type PreparedLink, prepareLink } from '../manage/prepare-link.ts'
import { resultOf, summaryOf } from './results.ts'

/** As many as one by one: a bulk is no way round the limit. */
const perMinuteMax = 100
const minuteMs = 60_000

/**
 * Makes the links that can be made, in one transaction, and says of each other why not. Under an idempotency key a
 * repeat gets the same answer. Publishes `link-created` for each.
 */
export async function createLinks(
  ctx: LinksContext,
  input: Input<typeof links, 'createLinks'>,
): Promise<Output<typeof links, 'createLinks'>> {
  await takeAllowance(ctx, input.links.length)
  const prepared = new Map<number, PreparedLink>()
  const refused = new Map<number, Awaited<ReturnType<typeof resultOf>>>()
  for (const [index, item] of input.links.entries()) {
    const result = await resultOf(index, async () => {
      prepared.set(index, await prepareLink(ctx, item))
      return undefined as never
    })
    if (result.problem !== null) refused.set(index, result)
  }
  const keys: string[] = []
  const summary = await ctx.once('links.createLinks', async tx => {
    const results = []
    for (const index of input.links.keys()) {
      const ready = prepared.get(index)
      const known = refused.get(index)
      results.push(
        known ??
          (await resultOf(index, async () => {
            const { link, domainId } = await addLink(ctx, tx, ready as PreparedLink)
            keys.push(targetKey(link.code, domainId))
            return link
          })),
      )
    }
    return summaryOf(results)
  })
  for (const key of keys) ctx.targets.delete(key)
  return summary
}

/** Every item counts. Throws `rate-limited` without having made any. */
async function takeAllowance(ctx: LinksContext, count: number): Promise<void> {
  const { userId } = requireUser(ctx.actor)
  const key = `links.createLinks ${userId}`
  const verdict = await ctx.limiter.takeShared({ key, max: perMinuteMax, windowMs: minuteMs, count })
  if (!verdict.allowed) throw commonProblem('rate-limited', { retryAfterMs: verdict.resetMs })
}
