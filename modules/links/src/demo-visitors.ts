/** Believable visitors for the clicks of example links. */
import type { ClickDimension } from '@octet/contracts/links'
import type { CountedClicks, CountedDay } from './clicks/click.ts'

/** Values and their share in percent; the rest of 100 has no value. */
const shares: Readonly<Partial<Record<ClickDimension, Readonly<Record<string, number>>>>> = {
  country: { DE: 34, FR: 14, GB: 11, US: 11, NL: 8, AT: 7, ES: 5, IT: 4, PL: 3, JP: 2, BR: 1 },
  city: { Berlin: 13, Paris: 9, London: 8, Hamburg: 6, Amsterdam: 6, Vienna: 5, Munich: 5, Madrid: 3 },
  device: { mobile: 57, desktop: 37, tablet: 6 },
  browser: { Chrome: 51, Safari: 29, Firefox: 11, 'Microsoft Edge': 7, 'Samsung Internet for Android': 2 },
  system: { Android: 33, iOS: 28, Windows: 22, macOS: 12, Linux: 5 },
  referrer: {
    '(direct)': 55,
    'google.com': 18,
    'news.example': 9,
    'mastodon.example': 8,
    'linkedin.com': 6,
    't.co': 4,
  },
}
const visitorsPerClick = 0.8

/** The days of the counts, sorted like them. */
export function demoDays(counts: readonly CountedClicks[], random: () => number): CountedDay[] {
  const days = new Map<string, CountedDay>()
  for (const { linkId, bucketMs, clicks, bots } of counts) {
    const day = new Date(bucketMs).toISOString().slice(0, 10)
    const known = days.get(day) ?? { linkId, day, clicks: 0, bots: 0, breakdowns: {}, visitors: new Set<string>() }
    days.set(day, known)
    known.clicks += clicks
    known.bots += bots
  }
  return [...days.values()].map(day => ({ ...day, ...visitorsOf(day, random) }))
}

function visitorsOf({ clicks, bots }: CountedDay, random: () => number): Pick<CountedDay, 'breakdowns' | 'visitors'> {
  const breakdowns: CountedDay['breakdowns'] = {}
  for (const [dimension, values] of Object.entries(shares)) {
    const counts: Record<string, number> = {}
    for (let click = 0; click < clicks; click++) {
      const value = drawn(values, random() * 100)
      if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1
    }
    breakdowns[dimension as ClickDimension] = counts
  }
  if (bots > 0) breakdowns.bot = { crawler: bots }
  const visitors = new Set<string>()
  for (let visitor = 0; visitor < clicks * visitorsPerClick; visitor++) {
    const hash = Buffer.alloc(8)
    hash.writeUInt32BE(Math.floor(random() * 2 ** 32), 0)
    hash.writeUInt32BE(Math.floor(random() * 2 ** 32), 4)
    visitors.add(hash.toString('base64url'))
  }
  return { breakdowns, visitors }
}

function drawn(values: Readonly<Record<string, number>>, percent: number): string | undefined {
  let upTo = 0
  for (const [value, share] of Object.entries(values)) {
    upTo += share
    if (percent < upTo) return value
  }
  return undefined
}
