/** Example links for a new installation, with a quarter of a year of believable clicks. */
import type { CountedClicks } from './clicks/click.ts'
import * as clickStore from './clicks/store.ts'
import type { LinksContext } from './context.ts'
import { demoDays } from './demo-visitors.ts'
import { ownDomain } from './manage/codes.ts'
import * as store from './manage/store.ts'

interface Example {
  readonly code: string
  readonly url: string
  readonly title: string
  readonly tags: readonly string[]
  readonly ageDays: number
  /** Clicks on an average weekday. */
  readonly daily: number
  /** The trend of the clicks: steady, growing, or a peak that fades. */
  readonly shape: 'steady' | 'growing' | 'launch'
  readonly expiresInDays?: number
}

const examples: readonly Example[] = [
  {
    code: 'spring-menu',
    url: 'https://example.com/menus/spring.pdf',
    title: 'Spring menu (table QR code)',
    tags: ['print', 'restaurant'],
    ageDays: 88,
    daily: 46,
    shape: 'steady',
  },
  {
    code: 'launch',
    url: 'https://example.com/blog/hello-world?utm_source=newsletter',
    title: 'Launch announcement',
    tags: ['campaign'],
    ageDays: 62,
    daily: 210,
    shape: 'launch',
  },
  {
    code: 'docs-start',
    url: 'https://example.com/docs/getting-started',
    title: 'Getting started guide',
    tags: ['docs'],
    ageDays: 85,
    daily: 74,
    shape: 'growing',
  },
  {
    code: 'open-day',
    url: 'https://example.com/events/open-day',
    title: 'Open day sign-up',
    tags: ['event', 'print'],
    ageDays: 30,
    daily: 28,
    shape: 'growing',
    expiresInDays: 12,
  },
  {
    code: 'jobs-2026',
    url: 'https://example.com/careers',
    title: 'Careers page',
    tags: ['hiring'],
    ageDays: 75,
    daily: 12,
    shape: 'steady',
  },
  {
    code: 'podcast-41',
    url: 'https://example.com/podcast/41',
    title: 'Podcast, episode 41',
    tags: ['campaign', 'audio'],
    ageDays: 21,
    daily: 95,
    shape: 'launch',
  },
  {
    code: 'wifi-help',
    url: 'https://example.com/help/wifi',
    title: 'Wi-Fi help for guests',
    tags: ['print'],
    ageDays: 80,
    daily: 5,
    shape: 'steady',
  },
  {
    code: 'survey',
    url: 'https://example.com/survey/customer-2026',
    title: 'Customer survey',
    tags: ['campaign', 'research'],
    ageDays: 14,
    daily: 60,
    shape: 'launch',
    expiresInDays: 7,
  },
]

const dayMs = 86_400_000
/** While the days are generated each has a visitor sketch; soon afterwards only the number is left. */
const firstDayEver = '0001-01-01'
const bucketMs = 15 * 60_000
/** Share of a day's clicks per hour, midnight first: quiet nights, peaks at noon and after work. */
const hourWeights = [1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 6, 7, 7, 8, 9, 7, 6, 6, 7, 8, 9, 8, 6, 5, 3, 2]

/** Inserts the example links without an owner; the first administrator takes them over. */
export async function seedDemo(ctx: LinksContext): Promise<void> {
  const random = randomFrom(20_260_401)
  const randomVisitors = randomFrom(20_260_402)
  const nowMs = ctx.now()
  await ctx.db.transaction('links.seedDemo', async tx => {
    for (const example of examples) {
      const createdMs = nowMs - example.ageDays * dayMs
      const row = await store.insertLink(tx, {
        ownerId: null,
        domainId: ownDomain,
        folderId: null,
        code: example.code,
        url: example.url,
        title: example.title,
        tags: example.tags,
        expiresAt:
          example.expiresInDays === undefined ? null : new Date(nowMs + example.expiresInDays * dayMs).toISOString(),
        clicksMax: null,
        passwordHash: null,
        isExample: true,
        createdAt: new Date(createdMs).toISOString(),
      })
      if (row === undefined) continue
      const counts = clicksOf(example, row.id, { createdMs, nowMs, random })
      await clickStore.addClicks(tx, counts)
      await clickStore.addDays(tx, demoDays(counts, randomVisitors), firstDayEver)
    }
  })
}

function clicksOf(
  example: Example,
  linkId: string,
  { createdMs, nowMs, random }: { createdMs: number; nowMs: number; random: () => number },
): CountedClicks[] {
  const counts: CountedClicks[] = []
  const firstBucketMs = createdMs - (createdMs % bucketMs) + bucketMs
  const weightSum = hourWeights.reduce((sum, weight) => sum + weight, 0) * 4
  for (let atMs = firstBucketMs; atMs < nowMs; atMs += bucketMs) {
    const at = new Date(atMs)
    const isWeekend = at.getUTCDay() % 6 === 0
    const share = (hourWeights[at.getUTCHours()] ?? 1) / weightSum
    const expected = example.daily * trend(example, (atMs - createdMs) / dayMs) * share * (isWeekend ? 0.55 : 1)
    const clicks = poisson(expected, random)
    const bots = poisson(expected * 0.08, random)
    if (clicks + bots > 0)
      counts.push({ linkId, bucketMs: atMs, clicks, bots, lastMs: Math.min(nowMs, atMs + bucketMs / 2) })
  }
  return counts
}

function trend({ shape, ageDays }: Example, day: number): number {
  if (shape === 'growing') return 0.3 + (1.4 * day) / ageDays
  if (shape === 'launch') return 3 * Math.exp(-day / 9) + 0.25
  return 1
}

/** Knuth, The Art of Computer Programming vol. 2, 3.4.1; fine for the small means here. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}

/** mulberry32: the same examples on every installation. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
