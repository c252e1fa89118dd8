/** One click, as the journal keeps it, and what clicks add up to. Pure. */
import { createMemo } from '@octet/cache'
import type { ClickDimension } from '@octet/contracts/links'
import type { VisitorKind } from '@octet/visitors'

export interface Click {
  readonly linkId: string
  readonly atMs: number
  readonly kind: VisitorKind
  /** Hash with the salt of the day (platform/visitors); empty when unknown. */
  readonly visitor: string
  /** Absent in records of before there were any. */
  readonly values: Readonly<Partial<Record<ClickDimension, string>>>
}

/** In the order in which a record has them. */
const dimensions = [
  'device',
  'browser',
  'system',
  'variant',
  'country',
  'city',
  'referrer',
  'utmSource',
  'utmMedium',
  'utmCampaign',
] as const satisfies readonly ClickDimension[]

export interface ClickParts {
  readonly linkId: string
  readonly atMs: number
  readonly visitor: string
  /** {@link whoText} */
  readonly who: string
  readonly variant: string
  readonly country: string
  readonly city: string
  readonly referrer: string
  /** {@link utmText} */
  readonly utm: string
}

const kindLetters = { human: 'h', crawler: 'c', preview: 'p' } as const
const kindsByLetter: Readonly<Record<string, VisitorKind>> = { h: 'human', c: 'crawler', p: 'preview' }

/**
 * `2`, time, link, visitor, kind, then the values of {@link dimensions}, separated by tabs. No address, no user agent,
 * no whole referrer: nothing that outlives the day's salt leads back to a person.
 */
export function encodeClick(click: ClickParts): string {
  const { linkId, atMs, visitor, who, variant, country, city, referrer, utm } = click
  return `2\t${atMs}\t${linkId}\t${visitor}\t${who}\t${variant}\t${country}\t${city}\t${referrer}\t${utm}`
}

/** What follows from the user agent alone, as a record has it. */
export function whoText({ kind, device, browser, system }: Who): string {
  return `${kindLetters[kind]}\t${device}\t${browser}\t${system}`
}

interface Who {
  readonly kind: VisitorKind
  readonly device: string
  readonly browser: string
  readonly system: string
}

const valueLengthMax = 100

/** Fit to stand between tabs; empty for nothing. */
export function valueText(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  const plain = value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return plain.length <= valueLengthMax ? plain : plain.slice(0, valueLengthMax).toWellFormed().trim()
}

/** The three utm parameters that are counted, as a record has them. */
export function utmText(query: URLSearchParams): string {
  return ['utm_source', 'utm_medium', 'utm_campaign'].map(name => valueText(query.get(name))).join('\t')
}

/** Of records of `1 <unix ms> <link id> <h|b>`, which knew no more. */
const oldRecord = /^1 (\d+) ([0-9a-f-]{36}) ([hb])$/
const record = /^2\t\d{13}\t[0-9a-f-]{36}\t[\w-]{0,43}\t[hcp]\t/
const linkAt = 2 + 13 + 1
const visitorAt = linkAt + 36 + 1

/** @throws Error for a record no version wrote; the shipper then stops rather than lose it. */
export function decodeClick(text: string): Click {
  // Cut at places that are known once its form is: the groups of a match took four times as long.
  if (!record.test(text)) return decodeOldClick(text)
  const visitorEnd = text.indexOf('\t', visitorAt)
  return {
    atMs: Number(text.slice(2, linkAt - 1)),
    linkId: text.slice(linkAt, visitorAt - 1),
    visitor: text.slice(visitorAt, visitorEnd),
    kind: kindsByLetter[text.charAt(visitorEnd + 1)] ?? 'human',
    values: readValues(text.slice(visitorEnd + 3)),
  }
}

const valuesKnownMax = 10_000

/** Clicks that say the same share one object, and most say what others said before. */
const readValues = createMemo(valuesKnownMax, (rest): Click['values'] => {
  const fields = rest.split('\t')
  const values: Partial<Record<ClickDimension, string>> = {}
  for (const [index, dimension] of dimensions.entries()) {
    const value = fields[index]
    if (value !== undefined && value !== '') values[dimension] = value
  }
  values.referrer ??= directReferrer
  return values
})

/** What the statistics call a visit that came from no page, or from one that does not say. */
const directReferrer = '(direct)'

function decodeOldClick(text: string): Click {
  const match = oldRecord.exec(text)
  if (match === null) throw new Error(`not a click record: ${text.slice(0, 80)}`)
  const [, atMs = '', linkId = '', letter = ''] = match
  return { atMs: Number(atMs), linkId, visitor: '', kind: letter === 'b' ? 'crawler' : 'human', values: {} }
}

// ---- adding up --------------------------------------------------------------------------------------------------

const bucketMs = 15 * 60_000

export interface CountedClicks {
  readonly linkId: string
  readonly bucketMs: number
  clicks: number
  bots: number
  lastMs: number
}

/** Adds clicks up per link and quarter of an hour, sorted by link, then time: the order in which rows are locked. */
export function countClicks(clicks: Iterable<Pick<Click, 'linkId' | 'atMs' | 'kind'>>): CountedClicks[] {
  const counts = new Map<string, Map<number, CountedClicks>>()
  for (const { linkId, atMs, kind } of clicks) {
    const bucket = atMs - (atMs % bucketMs)
    const ofLink = innerMap(counts, linkId)
    let count = ofLink.get(bucket)
    if (count === undefined) {
      count = { linkId, bucketMs: bucket, clicks: 0, bots: 0, lastMs: 0 }
      ofLink.set(bucket, count)
    }
    if (kind === 'human') count.clicks++
    else count.bots++
    count.lastMs = Math.max(count.lastMs, atMs)
  }
  return [...counts.values()]
    .flatMap(ofLink => [...ofLink.values()])
    .sort((a, b) => (a.linkId === b.linkId ? a.bucketMs - b.bucketMs : a.linkId < b.linkId ? -1 : 1))
}

/** Dimension → value → clicks; `bot` holds the kinds of what is counted apart. */
export type Breakdowns = { [D in ClickDimension | 'bot']?: Record<string, number> }

export interface CountedDay {
  readonly linkId: string
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  clicks: number
  bots: number
  readonly breakdowns: Breakdowns
  readonly visitors: Set<string>
}

/** By link, then by time: putting both into one text took longer than adding up. */
function innerMap<V>(map: Map<string, Map<number, V>>, key: string): Map<number, V> {
  let inner = map.get(key)
  if (inner === undefined) {
    inner = new Map()
    map.set(key, inner)
  }
  return inner
}

interface DayUnderWay extends CountedDay {
  /** Clicks by people who said the same. */
  readonly said: Map<Click['values'], number>
}

/** Adds clicks up per link and UTC day, sorted like {@link countClicks}. */
export function countDays(clicks: Iterable<Click>): CountedDay[] {
  const days = new Map<string, Map<number, DayUnderWay>>()
  for (const { linkId, atMs, kind, visitor, values } of clicks) {
    const dayMs = atMs - (atMs % 86_400_000)
    const ofLink = innerMap(days, linkId)
    let count = ofLink.get(dayMs)
    if (count === undefined) {
      const day = new Date(dayMs).toISOString().slice(0, 10)
      count = { linkId, day, clicks: 0, bots: 0, breakdowns: {}, visitors: new Set(), said: new Map() }
      ofLink.set(dayMs, count)
    }
    if (kind !== 'human') {
      count.bots++
      addValue(count.breakdowns, 'bot', kind, 1)
      continue
    }
    count.clicks++
    if (visitor !== '') count.visitors.add(visitor)
    count.said.set(values, (count.said.get(values) ?? 0) + 1)
  }
  const counted = [...days.values()].flatMap(ofLink => [...ofLink.values()].map(sumUp))
  return counted.sort((a, b) => (a.linkId + a.day < b.linkId + b.day ? -1 : 1))
}

function sumUp({ said, ...day }: DayUnderWay): CountedDay {
  for (const [values, clicks] of said) {
    for (const [dimension, value] of Object.entries(values)) {
      addValue(day.breakdowns, dimension as ClickDimension, value, clicks)
    }
  }
  return day
}

/** Values kept per dimension of a link's day; what comes after is summed up as {@link otherValue}. */
const valuesMax = 50
/** There are not many more; a map with holes would be wrong. */
const countriesMax = 250
export const otherValue = '(other)'

function addValue(breakdowns: Breakdowns, dimension: keyof Breakdowns, value: string, clicks: number): void {
  breakdowns[dimension] ??= Object.create(null) as Record<string, number>
  const counts = breakdowns[dimension]
  counts[value] = (counts[value] ?? 0) + clicks
}

/**
 * `known` with `added`, most clicked first, so that of newcomers the larger ones get the free places. A value that has
 * a place keeps it: first come, first served within a day. Changes neither.
 */
export function mergeBreakdowns(known: Breakdowns, added: Breakdowns): Breakdowns {
  const merged: Breakdowns = {}
  for (const dimension of new Set([...Object.keys(known), ...Object.keys(added)]) as Set<keyof Breakdowns>) {
    const counts: Record<string, number> = Object.assign(Object.create(null), known[dimension])
    let size = Object.keys(counts).length
    const sizeMax = dimension === 'country' ? countriesMax : valuesMax
    for (const [value, clicks] of Object.entries(added[dimension] ?? {}).sort(([, a], [, b]) => b - a)) {
      const place = value in counts || size < sizeMax ? value : otherValue
      if (!(place in counts)) size++
      counts[place] = (counts[place] ?? 0) + clicks
    }
    merged[dimension] = counts
  }
  return merged
}

/** The days of a period together, without the cap of one day. */
export function sumBreakdowns(days: Iterable<Breakdowns>): Breakdowns {
  const sum: Breakdowns = {}
  for (const day of days) {
    // `for in` and not entries: a year with every dimension full is a third of a million values.
    for (const dimension in day) {
      const counts = day[dimension as keyof Breakdowns] ?? {}
      sum[dimension as keyof Breakdowns] ??= Object.create(null) as Record<string, number>
      const sums = sum[dimension as keyof Breakdowns] as Record<string, number>
      for (const value in counts) sums[value] = (sums[value] ?? 0) + (counts[value] as number)
    }
  }
  return sum
}
