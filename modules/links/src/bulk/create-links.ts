import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { targetKey } from '../manage/codes.ts'
import { addLink, type PreparedLink, prepareLink } from '../manage/prepare-link.ts'
import { resultOf, summaryOf } from './results.ts'

/** The limit for single creates counts each item, so a bulk cannot get around it. */
const perMinuteMax = 100
const minuteMs = 60_000

/**
 * Creates the valid links in one transaction and reports a problem for each other item. A repeat under the same
 * idempotency key gets the same answer. Publishes `link-created` for each.
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

/** Counts every item. Throws `rate-limited` before any link is created. */
async function takeAllowance(ctx: LinksContext, count: number): Promise<void> {
  const { userId } = requireUser(ctx.actor)
  const key = `links.createLinks ${userId}`
  const verdict = await ctx.limiter.takeShared({ key, max: perMinuteMax, windowMs: minuteMs, count })
  if (!verdict.allowed) throw commonProblem('rate-limited', { retryAfterMs: verdict.resetMs })
}
