/** Creating, finding, changing and deleting links. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from '../define.ts'
import { Host } from './domains.ts'
import { Alias, ClicksMax, Link, LinkPassword, ListedLink, Tags, Title, Url, Utm } from './shapes.ts'

export const NewLink = closed({
  url: Url,
  utm: Type.Optional(Utm),
  utmTemplateId: Type.Optional(
    Type.String({ ...Id, description: 'one of your templates; parameters of `utm` go before its own' }),
  ),
  alias: Type.Optional(Alias),
  domain: Type.Optional(Host),
  title: Type.Optional(Title),
  fetchTitle: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'without a title: take the page’s title a moment later, with one request; do not use it for one-time addresses',
    }),
  ),
  expiresAt: Type.Optional(Time),
  clicksMax: Type.Optional(ClicksMax),
  password: Type.Optional(LinkPassword),
  tags: Type.Optional(Tags),
  folderId: Type.Optional(Id),
  findIfExists: Type.Optional(
    Type.Boolean({ description: 'answer with your newest link to the same address, if there is one' }),
  ),
})
export type NewLink = Static<typeof NewLink>
const newLinkProblems = [
  'links.alias-taken',
  'links.alias-reserved',
  'links.url-not-allowed',
  'links.expiry-in-the-past',
  'links.folder-unknown',
  'links.domain-unknown',
  'links.utm-template-unknown',
]

export const LinkChange = {
  url: Type.Optional(Url),
  utm: Type.Optional(Utm),
  title: Type.Optional(nullable(Title)),
  expiresAt: Type.Optional(nullable(Time)),
  clicksMax: Type.Optional(nullable(ClicksMax)),
  password: Type.Optional(nullable(LinkPassword)),
  tags: Type.Optional(Tags),
  folderId: Type.Optional(nullable(Id)),
  isArchived: Type.Optional(Type.Boolean()),
}

export const manageOperations = {
  createLink: operation({
    summary: 'Shorten an address; signed in, the link is yours to manage',
    http: 'POST /links',
    status: 201,
    access: access.anyone,
    input: NewLink,
    output: Link,
    problems: newLinkProblems,
    retry: 'keyed',
    timeoutMs: 5_000,
    limits: [{ by: 'address', max: 100, anonymousMax: 30, windowMs: 60_000 }],
  }),
  listLinks: operation({
    summary: 'Your links, newest first; archived ones only on request',
    http: 'GET /links',
    access: access.user('links:read'),
    input: closed({
      ...page,
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of code, address or title' })),
      tag: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
      folderId: Type.Optional(Id),
      domain: Type.Optional(Host),
      isArchived: Type.Optional(Type.Boolean({ default: false, description: 'the archived ones instead' })),
      sort: Type.Optional(Type.Enum(['-createdAt', 'createdAt', '-clicks'])),
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
    input: closed({ id: Id, ...LinkChange }),
    output: Link,
    problems: ['links.url-not-allowed', 'links.expiry-in-the-past', 'links.folder-unknown'],
    retry: 'safe',
    timeoutMs: 5_000,
    versioned: true,
  }),
  deleteLink: operation({
    summary: 'Delete a link; its code is never reused',
    http: 'DELETE /links/:id',
    status: 204,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  removeExamples: operation({
    summary: 'Remove all example links that you received at set-up',
    http: 'DELETE /links/examples',
    access: access.user('links:write'),
    input: closed({}),
    output: closed({ removed: Type.Integer() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}
