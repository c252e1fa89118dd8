/** Short links on own domains. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, nullable, operation, Time } from '../define.ts'
import { Url } from './shapes.ts'

export const Host = Type.String({ minLength: 3, maxLength: 253, examples: ['go.example.org'] })

/**
 * A host that a user claims. Its proof is rechecked once a day; `missingSince` is the time since when it is missing.
 */
export const Domain = closed({
  id: Id,
  host: Type.String({ description: 'as DNS knows it' }),
  isVerified: Type.Boolean(),
  verifiedAt: nullable(Time),
  missingSince: nullable(Time),
  /** Target of the host's root; null: none. */
  landingUrl: nullable(Type.String()),
  links: Type.Integer(),
  /** Either verifies the host: the TXT record, or the file over http. */
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
    summary: 'Your domains',
    http: 'GET /links/domains',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(Domain) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  addDomain: operation({
    summary: 'Claim a host for your short links; the answer says how to verify it',
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
    summary: 'Set where the root of your host leads',
    http: 'PATCH /links/domains/:id',
    access: access.user('links:write'),
    input: closed({ id: Id, landingUrl: nullable(Url) }),
    output: Domain,
    problems: ['links.url-not-allowed'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  verifyDomain: operation({
    summary: 'Verify your host by its TXT record or file',
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
    summary: 'Remove a host; delete its links first',
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
