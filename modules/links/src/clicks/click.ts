/** One click as the journal stores it, and how clicks are aggregated. Pure. */
import { createMemo } from '@octet/cache'
import type { ClickDimension } from '@octet/contracts/links'
import type { VisitorKind } from '@octet/visitors'

export interface Click {
  readonly linkId: string
  readonly atMs: number
  readonly kind: VisitorKind
  /** Hash with the day's salt (platform/visitors); empty when unknown. */
  readonly visitor: string
  /** Absent in records of older versions. */
  readonly values: Readonly<Partial<Record<ClickDimension, string>>>
}

/** In the order of the fields of a record. */
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
 * `2`, time, link, visitor, kind, then the values of {@link dimensions}, separated by tabs. No address, user agent or
 * full referrer: nothing that outlives the day's salt identifies a person.
 */
export function encodeClick(click: ClickParts): string {
  const { linkId, atMs, visitor, who, variant, country, city, referrer, utm } = click
  return `2\t${atMs}\t${linkId}\t${visitor}\t${who}\t${variant}\t${country}\t${city}\t${referrer}\t${utm}`
}

/** The fields of a record that follow from the user agent alone. */
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

/** The value without tabs and control characters; empty when there is no value. */
export function valueText(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  const plain = value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return plain.length <= valueLengthMax ? plain : plain.slice(0, valueLengthMax).toWellFormed().trim()
}

/** The three counted UTM parameters as a record stores them. */
export function utmText(query: URLSearchParams): string {
  return ['utm_source', 'utm_medium', 'utm_campaign'].map(name => valueText(query.get(name))).join('\t')
}

/** Records of version 1: `1 <unix ms> <link id> <h|b>`. */
const oldRecord = /^1 (\d+) ([0-9a-f-]{36}) ([hb])$/
const record = /^2\t\d{13}\t[0-9a-f-]{36}\t[\w-]{0,43}\t[hcp]\t/
const linkAt = 2 + 13 + 1
const visitorAt = linkAt + 36 + 1

/** @throws Error for an unknown record; the shipper then stops rather than lose it. */
export function decodeClick(text: string): Click {
  // Sliced at known positions once the format is checked: capture groups took four times as long.
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

/** Equal clicks share one object, and most clicks equal an earlier one. */
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

/** The statistics name for a visit without a referrer. */
const directReferrer = '(direct)'

function decodeOldClick(text: string): Click {
  const match = oldRecord.exec(text)
  if (match === null) throw new Error(`not a click record: ${text.slice(0, 80)}`)
  const [, atMs = '', linkId = '', letter = ''] = match
  return { atMs: Number(atMs), linkId, visitor: '', kind: letter === 'b' ? 'crawler' : 'human', values: {} }
}

// ---- aggregation --------------------------------------------------------------------------------------------------

const bucketMs = 15 * 60_000

export interface CountedClicks {
  readonly linkId: string
  readonly bucketMs: number
  clicks: number
  bots: number
  lastMs: number
}

/** Counts clicks per link and quarter of an hour, sorted by link, then time: the order in which rows are locked. */
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

/** Dimension → value → clicks; `bot` holds the kinds that are counted separately. */
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

/** By link, then by time. One combined text key took longer than the counting itself. */
function innerMap<V>(map: Map<string, Map<number, V>>, key: string): Map<number, V> {
  let inner = map.get(key)
  if (inner === undefined) {
    inner = new Map()
    map.set(key, inner)
  }
  return inner
}

interface DayUnderWay extends CountedDay {
  /** Equal clicks by people. */
  readonly said: Map<Click['values'], number>
}

/** Counts clicks per link and UTC day, sorted like {@link countClicks}. */
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

/** Values kept per dimension of a link's day; further values are summed as {@link otherValue}. */
const valuesMax = 50
/** Dimensions are few; a map with holes would be wrong. */
const countriesMax = 250
export const otherValue = '(other)'

function addValue(breakdowns: Breakdowns, dimension: keyof Breakdowns, value: string, clicks: number): void {
  breakdowns[dimension] ??= Object.create(null) as Record<string, number>
  const counts = breakdowns[dimension]
  counts[value] = (counts[value] ?? 0) + clicks
}

/**
 * Merges `added` into a copy of `known`, most clicked first, so that larger new values take the free places. A value
 * keeps its place: within a day it is first come, first served.
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

/** The sum over the days of a period, without the cap of a single day. */
export function sumBreakdowns(days: Iterable<Breakdowns>): Breakdowns {
  const sum: Breakdowns = {}
  for (const day of days) {
    // `for in` instead of entries: a year with full dimensions has a third of a million values.
    for (const dimension in day) {
      const counts = day[dimension as keyof Breakdowns] ?? {}
      sum[dimension as keyof Breakdowns] ??= Object.create(null) as Record<string, number>
      const sums = sum[dimension as keyof Breakdowns] as Record<string, number>
      for (const value in counts) sums[value] = (sums[value] ?? 0) + (counts[value] as number)
    }
  }
  return sum
}
