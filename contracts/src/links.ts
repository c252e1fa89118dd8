/** What links promises: short links, where they lead, and how often they were followed. */
import { type Static, Type } from 'typebox'
import {
  access,
  closed,
  defineContract,
  event,
  Id,
  listOf,
  Nothing,
  nullable,
  operation,
  page,
  Time,
} from './define.ts'

const minuteMs = 60_000

const Url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description: 'http or https',
  examples: ['https://example.org/a'],
})
const Alias = Type.String({ minLength: 3, maxLength: 50, pattern: '^[a-zA-Z0-9_-]+$' })
const Tags = Type.Array(Type.String({ minLength: 1, maxLength: 30 }), { maxItems: 10, uniqueItems: true })
const ClicksMax = Type.Integer({ minimum: 1, maximum: 1_000_000_000 })
const LinkPassword = Type.String({ minLength: 1, maxLength: 128 })
const Title = Type.String({ minLength: 1, maxLength: 200 })

export const Link = closed({
  id: Id,
  code: Type.String(),
  shortUrl: Type.String(),
  url: Type.String(),
  title: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  expiresAt: nullable(Time),
  clicksMax: nullable(Type.Integer()),
  hasPassword: Type.Boolean(),
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

export const LinkStats = closed({
  linkId: Id,
  clicks: Type.Integer({ description: 'by people' }),
  botClicks: Type.Integer({ description: 'by crawlers and link previews' }),
  lastClickedAt: nullable(Time),
  timeZone: Type.String(),
  days: Type.Array(
    closed({
      date: Type.String({ description: 'YYYY-MM-DD in the time zone' }),
      clicks: Type.Integer(),
      botClicks: Type.Integer(),
    }),
  ),
})
export type LinkStats = Static<typeof LinkStats>

export const links = defineContract({
  name: 'links',
  problems: {
    'alias-taken': { status: 409, title: 'That alias is taken.' },
    'alias-reserved': { status: 400, title: 'That alias cannot be used.' },
    'url-not-allowed': { status: 400, title: 'That address cannot be shortened.' },
    'expiry-in-the-past': { status: 400, title: 'The expiry time has already passed.' },
    expired: { status: 410, title: 'This short link has expired.' },
    'password-required': { status: 401, title: 'This short link is protected by a password.' },
    'time-zone-unknown': { status: 400, title: 'That time zone is not known.' },
  },
  operations: {
    createLink: operation({
      summary: 'Shorten an address; signed in, the link is yours to manage',
      http: 'POST /links',
      status: 201,
      access: access.anyone,
      input: closed({
        url: Url,
        alias: Type.Optional(Alias),
        title: Type.Optional(Title),
        expiresAt: Type.Optional(Time),
        clicksMax: Type.Optional(ClicksMax),
        password: Type.Optional(LinkPassword),
        tags: Type.Optional(Tags),
      }),
      output: Link,
      problems: ['links.alias-taken', 'links.alias-reserved', 'links.url-not-allowed', 'links.expiry-in-the-past'],
      retry: 'keyed',
      timeoutMs: 5_000,
      limits: [{ by: 'address', max: 100, anonymousMax: 30, windowMs: minuteMs }],
    }),
    listLinks: operation({
      summary: 'Your links, newest first',
      http: 'GET /links',
      access: access.user('links:read'),
      input: closed({
        ...page,
        q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of code, address or title' })),
        tag: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
        sort: Type.Optional(Type.Enum(['-createdAt', 'createdAt'])),
      }),
      output: listOf(ListedLink),
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    getLink: operation({
      summary: 'One of your links',
      http: 'GET /links/:id',
      access: access.user('links:read'),
      input: closed({ id: Id }),
      output: Link,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
      versioned: true,
    }),
    updateLink: operation({
      summary: 'Change a link; the new destination is served everywhere within a second',
      http: 'PATCH /links/:id',
      access: access.user('links:write'),
      input: closed({
        id: Id,
        url: Type.Optional(Url),
        title: Type.Optional(nullable(Title)),
        expiresAt: Type.Optional(nullable(Time)),
        clicksMax: Type.Optional(nullable(ClicksMax)),
        password: Type.Optional(nullable(LinkPassword)),
        tags: Type.Optional(Tags),
      }),
      output: Link,
      problems: ['links.url-not-allowed', 'links.expiry-in-the-past'],
      retry: 'safe',
      timeoutMs: 5_000,
      versioned: true,
    }),
    deleteLink: operation({
      summary: 'Delete a link; its code is never given to anyone else',
      http: 'DELETE /links/:id',
      status: 204,
      access: access.user('links:write'),
      input: closed({ id: Id }),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    getLinkStats: operation({
      summary: 'Clicks of a link: total, and per day in a time zone',
      http: 'GET /links/:id/stats',
      access: access.user('links:read'),
      input: closed({
        id: Id,
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 30 })),
        timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'IANA name' })),
      }),
      output: LinkStats,
      problems: ['links.time-zone-unknown'],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    removeExamples: operation({
      summary: 'Remove all example links you took over at set-up',
      http: 'DELETE /links/examples',
      access: access.user('links:write'),
      input: closed({}),
      output: closed({ removed: Type.Integer() }),
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
  },
  events: {
    'link-created': event({ version: 1, data: closed({ linkId: Id, ownerId: nullable(Id), code: Type.String() }) }),
    'link-updated': event({ version: 1, data: closed({ linkId: Id, version: Type.Integer() }) }),
    'link-deleted': event({ version: 1, data: closed({ linkId: Id }) }),
    'link-expired': event({ version: 1, data: closed({ linkId: Id, reason: Type.Enum(['date', 'clicks']) }) }),
  },
})
