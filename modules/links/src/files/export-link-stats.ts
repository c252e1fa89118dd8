import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { byteOrderMark, csvLine } from '@octet/csv'
import type { LinksContext } from '../context.ts'
import { getLinkStats } from '../statistics/get-link-stats.ts'

/** Clicks of one of the caller's links: a row per interval, then a row per value of each breakdown. */
export async function exportLinkStats(
  ctx: LinksContext,
  { bom = false, ...input }: Input<typeof links, 'exportLinkStats'>,
): Promise<string> {
  const { series, breakdowns, bots } = await getLinkStats(ctx, input)
  const lines = [
    csvLine(['kind', 'value', 'clicks', 'bot_clicks']),
    ...series.map(({ start, clicks, botClicks }) => csvLine(['time', start, clicks, botClicks])),
    ...breakdowns.flatMap(({ dimension, values, otherClicks }) => [
      ...values.map(({ value, clicks }) => csvLine([dimension, value, clicks, null])),
      ...(otherClicks > 0 ? [csvLine([dimension, '(other)', otherClicks, null])] : []),
    ]),
    ...bots.map(({ kind, clicks }) => csvLine(['bot', kind, null, clicks])),
  ]
  return (bom ? byteOrderMark : '') + lines.join('')
}
