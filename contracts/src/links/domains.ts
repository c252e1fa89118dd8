/** Short links on hosts of one's own. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, nullable, operation, Time } from '../define.ts'
import { Url } from './shapes.ts'

export const Host = Type.String({ minLength: 3, maxLength: 253, examples: ['go.example.org'] })

/** A host somebody brings. Its proof is looked for once a day; `missingSince` says since when it is not found. */
export const Domain = closed({
  id: Id,
  host: Type.String({ description: 'as DNS knows it' }),
  isVerified: Type.Boolean(),
  verifiedAt: nullable(Time),
  missingSince: nullable(Time),
  /** Where the root of the host leads; null: nowhere. */
  landingUrl: nullable(Type.String()),
  links: Type.Integer(),
  /** Either proves the host: the TXT record, or the file over http. */
  verification: closed({
    txtName: Type.String(),
    fileUrl: Type.String(),
    value: Type.String({ description: 'what either must say' }),
  }),
  createdAt: Time,
})
export type Domain = Static<typeof Domain>

export const domainOperations = {
  listDomains: operation({
    summary: 'Your hosts',
    http: 'GET /links/domains',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(Domain) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  addDomain: operation({
    summary: 'Claim a host for your short links; the answer says how to prove it',
    http: 'POST /links/domains',
    status: 201,
    access: access.user('links:write'),
    input: closed({ host: Host, landingUrl: Type.Optional(Url) }),
    output: Domain,
    problems: ['links.host-not-allowed', 'links.domain-exists', 'links.url-not-allowed', 'links.too-many'],
    retry: 'keyed',
    timeoutMs: 5_000,
  }),
  updateDomain: operation({
    summary: 'Say where the root of your host leads',
    http: 'PATCH /links/domains/:id',
    access: access.user('links:write'),
    input: closed({ id: Id, landingUrl: nullable(Url) }),
    output: Domain,
    problems: ['links.url-not-allowed'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  verifyDomain: operation({
    summary: 'Look for the proof that the host is yours: a TXT record, or a file',
    http: 'POST /links/domains/:id/verification',
    access: access.user('links:write', { verified: true }),
    input: closed({ id: Id }),
    output: Domain,
    problems: ['links.domain-not-proven', 'links.domain-taken'],
    retry: 'safe',
    timeoutMs: 15_000,
    limits: [{ by: 'account', max: 20, windowMs: 60_000 }],
  }),
  removeDomain: operation({
    summary: 'Give up a host; its links must be deleted first',
    http: 'DELETE /links/domains/:id',
    status: 204,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: ['links.domain-in-use'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}
