/** Parts of links' inputs and outputs. */
import { type Static, Type } from 'typebox'
import { closed, Id, nullable, Time } from '../define.ts'

export const Url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description: 'http or https',
  examples: ['https://example.org/a'],
})
export const Alias = Type.String({
  minLength: 3,
  maxLength: 50,
  pattern: '^[a-zA-Z0-9_-]+$',
  examples: ['summer-sale'],
})
export const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 30 }), { maxItems: 10, uniqueItems: true })
export const ClicksMax = Type.Integer({ minimum: 1, maximum: 1_000_000_000 })
export const LinkPassword = Type.String({ minLength: 1, maxLength: 128 })
export const Title = Type.String({ minLength: 1, maxLength: 200 })

const UtmValue = Type.String({ minLength: 1, maxLength: 200 })
/** Written into the address as utm_source and so on; replaces existing ones. */
export const Utm = closed({
  source: Type.Optional(UtmValue),
  medium: Type.Optional(UtmValue),
  campaign: Type.Optional(UtmValue),
  term: Type.Optional(UtmValue),
  content: Type.Optional(UtmValue),
})
export type Utm = Static<typeof Utm>

export const Link = closed({
  id: Id,
  code: Type.String(),
  shortUrl: Type.String(),
  /** The own domain of the link; null: the installation's. */
  domain: nullable(Type.String()),
  url: Type.String(),
  title: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  folderId: nullable(Id),
  /** Archived links still redirect; lists leave them out. */
  archivedAt: nullable(Time),
  expiresAt: nullable(Time),
  clicksMax: nullable(Type.Integer()),
  hasPassword: Type.Boolean(),
  hasRouting: Type.Boolean({ description: 'rules, split test, fallback, app address or preview card' }),
  hasPublicStats: Type.Boolean(),
  isExample: Type.Boolean(),
  /** Human clicks so far; lags the redirect by at most a second. */
  clicks: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
  version: Type.Integer(),
})
export type Link = Static<typeof Link>

/** A link in a list, with its last fourteen days of clicks, oldest first. */
export const ListedLink = closed({ ...Link.properties, recentClicks: Type.Array(Type.Integer()) })
export type ListedLink = Static<typeof ListedLink>

/** Input of every query of clicks over time. */
export const statsPeriod = {
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 30, description: 'up to and with today' })),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'IANA name' })),
  interval: Type.Optional(Type.Enum(['hour', 'day', 'week'], { description: 'of `series`; hours up to 31 days' })),
}

export const clickDimensions = [
  'country',
  'city',
  'device',
  'browser',
  'system',
  'referrer',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'variant',
] as const
export type ClickDimension = (typeof clickDimensions)[number]

const CountedValue = closed({ value: Type.String(), clicks: Type.Integer() })

export const LinkStats = closed({
  linkId: Id,
  clicks: Type.Integer({ description: 'by people, ever' }),
  botClicks: Type.Integer({ description: 'by crawlers and link previews, ever' }),
  lastClickedAt: nullable(Time),
  timeZone: Type.String(),
  days: Type.Array(
    closed({
      date: Type.String({ description: 'YYYY-MM-DD in the time zone' }),
      clicks: Type.Integer(),
      botClicks: Type.Integer(),
    }),
  ),
  interval: Type.Enum(['hour', 'day', 'week']),
  series: Type.Array(closed({ start: Time, clicks: Type.Integer(), botClicks: Type.Integer() }), {
    description: 'per interval; weeks begin on Monday, the first may be cut',
  }),
  uniqueVisitors: closed({
    sum: Type.Integer({ description: 'of the days; a visitor on two days counts twice' }),
    days: Type.Array(closed({ date: Type.String({ description: 'UTC' }), visitors: Type.Integer() }), {
      description: 'days with visits',
    }),
    errorPercent: Type.Number({ description: 'standard error of a day above 256 visitors; exact below' }),
  }),
  breakdowns: Type.Array(
    closed({
      dimension: Type.Enum([...clickDimensions]),
      values: Type.Array(CountedValue, { description: 'most clicks first' }),
      otherClicks: Type.Integer({ description: 'of values not listed' }),
    }),
    { description: 'clicks by people in the UTC days of the period' },
  ),
  bots: Type.Array(closed({ kind: Type.Enum(['crawler', 'preview']), clicks: Type.Integer() })),
})
export type LinkStats = Static<typeof LinkStats>
