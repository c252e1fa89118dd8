/** Clicks of links, with the visitor properties that are stored. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, nullable, operation, Time } from '../define.ts'
import { LinkStats, statsPeriod } from './shapes.ts'

const DayClicks = closed({ date: Type.String(), clicks: Type.Integer(), botClicks: Type.Integer() })

/** All links of an account together. */
export const LinksOverview = closed({
  links: Type.Integer(),
  clicks: Type.Integer({ description: 'in the period, by people' }),
  botClicks: Type.Integer(),
  clicksEver: Type.Integer(),
  days: Type.Array(DayClicks, { description: 'per UTC day, today last' }),
  topLinks: Type.Array(
    closed({
      linkId: Id,
      code: Type.String(),
      shortUrl: Type.String(),
      url: Type.String(),
      title: nullable(Type.String()),
      clicks: Type.Integer(),
    }),
  ),
})
export type LinksOverview = Static<typeof LinksOverview>

/** The statistics that an owner publishes: counts, but neither address nor owner. */
export const PublicStats = closed({
  linkId: Id,
  code: Type.String(),
  title: nullable(Type.String()),
  createdAt: Time,
  clicks: Type.Integer(),
  lastClickedAt: nullable(Time),
  days: Type.Array(closed({ date: Type.String(), clicks: Type.Integer() })),
  countries: Type.Array(closed({ value: Type.String(), clicks: Type.Integer() })),
})
export type PublicStats = Static<typeof PublicStats>

export const statisticsOperations = {
  getLinkStats: operation({
    summary: 'Clicks of a link: in total, over time in a time zone, by country, device, referrer and so on',
    http: 'GET /links/:id/stats',
    access: access.user('links:read'),
    input: closed({ id: Id, ...statsPeriod }),
    output: LinkStats,
    problems: ['links.time-zone-unknown', 'links.interval-too-fine'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  getLinksOverview: operation({
    summary: 'Clicks of all your links together, and which were followed most',
    http: 'GET /links/overview',
    access: access.user('links:read'),
    input: closed({ days: statsPeriod.days, top: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) }),
    output: LinksOverview,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  setLinkSharing: operation({
    summary: 'Publish the statistics of a link, or stop publishing them',
    http: 'PUT /links/:id/sharing',
    access: access.user('links:write'),
    input: closed({ id: Id, hasPublicStats: Type.Boolean() }),
    output: closed({ linkId: Id, hasPublicStats: Type.Boolean() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  getPublicStats: operation({
    summary: 'Public statistics of a link',
    http: 'GET /links/public-stats/:code',
    access: access.anyone,
    input: closed({
      code: Type.String({ minLength: 1, maxLength: 100 }),
      days: statsPeriod.days,
      timeZone: statsPeriod.timeZone,
    }),
    output: PublicStats,
    problems: ['links.time-zone-unknown'],
    retry: 'safe',
    timeoutMs: 5_000,
    // Guessing codes is as slow here as on the redirect.
    limits: [{ by: 'address', max: 300, windowMs: 60_000 }],
  }),
}
