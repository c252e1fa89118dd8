/** Identifies the caller of a request: its credential, the principal behind it, and its address. */
import { anonymous, authorize, type Principal } from '@octet/contracts'
import type { FastifyRequest } from 'fastify'
import { addressKey } from './address.ts'
import { credentialOf, type ForeignAccess, refuseCrossSite } from './credentials.ts'
import type { HttpOptions } from './options.ts'

/** For operations that ignore credentials: only refuses cross-site requests. */
export function identifyAnonymous(options: HttpOptions, request: FastifyRequest, foreign: ForeignAccess): Principal {
  refuseCrossSite(request, { kind: 'none' }, options, foreign)
  return anonymous
}

/**
 * Authenticates the caller and sets `request.principal`. Operations call it; a plain route that needs the caller must
 * too.
 */
export async function identify(
  options: HttpOptions,
  request: FastifyRequest,
  foreign: ForeignAccess = 'bearer-only',
): Promise<Principal> {
  const credential = credentialOf(request, options)
  refuseCrossSite(request, credential, options, foreign)
  if (credential.kind === 'none') return anonymous
  const principal = await options.authenticate(credential)
  request.principal = principal
  return principal
}

/** Checks the caller of a plain route against its policy; throws the same problems as operations. */
export async function admit(options: HttpOptions, request: FastifyRequest): Promise<Principal> {
  const principal = await identify(options, request)
  const policy = request.routeOptions.config.access
  if (policy !== undefined) authorize(policy, principal)
  return principal
}

/** The address for rate limits: the peer's, or the client's behind trusted proxies. */
export function addressOf(request: FastifyRequest): string {
  return addressKey(request.ip)
}
