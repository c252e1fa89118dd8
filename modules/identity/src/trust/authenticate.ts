import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'

/**
 * Authenticates a credential for processes that do not serve identity. An invalid cookie is anonymous. Throws
 * `unauthenticated` for an invalid token.
 */
export async function authenticate(
  ctx: IdentityContext,
  { kind, value }: Input<typeof identity, 'authenticate'>,
): Promise<Output<typeof identity, 'authenticate'>> {
  const principal = await ctx.authenticate(kind === 'bearer' ? { kind, token: value } : { kind, value })
  if (principal.kind !== 'user') return { kind: 'anonymous' }
  const { userId, sessionId, roles, scopes, provenAtMs, isUnverified } = principal
  const scopesCopy = scopes === '*' ? scopes : [...scopes]
  const about = isUnverified === true ? { isUnverified } : {}
  return { kind: 'user', userId, sessionId, roles: [...roles], scopes: scopesCopy, provenAtMs, ...about }
}
