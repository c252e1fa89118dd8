import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { isUnverified, meOf, type UserRow } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { newRefreshKey } from '../sessions/refresh-key.ts'
import { formatRefreshToken } from '../sessions/refresh-token.ts'
import { accessTokenSeconds } from '../sessions/tokens.ts'
import { type IssuedSession, issueSession, remembered } from './issue-session.ts'

type Tokens = Output<typeof identity, 'login'>

/** Creates an API session and its first token pair. Throws `second-factor-required`. */
export async function issueTokens(ctx: IdentityContext, user: UserRow, verified?: VerifiedFactor): Promise<Tokens> {
  const refreshKey = newRefreshKey()
  const credential = { kind: 'api', refreshKey } as const
  const session = await issueSession(ctx, { userId: user.id, credential, lifetime: remembered, verified })
  return tokensFor(ctx, user, { ...session, counter: 0, refreshKey })
}

/** The tokens of a session at a counter value. */
export async function tokensFor(
  ctx: IdentityContext,
  user: UserRow,
  { sessionId, provenAtMs, counter, refreshKey }: IssuedSession & { counter: number; refreshKey: Buffer },
): Promise<Tokens> {
  const accessToken = await ctx.accessTokens.sign({
    userId: user.id,
    sessionId,
    roles: user.roles,
    scopes: '*',
    accessVersion: user.access_version,
    provenAtMs,
    isUnverified: isUnverified(user),
  })
  const refreshToken = formatRefreshToken({ sessionId, counter }, refreshKey)
  return { user: meOf(user), accessToken, refreshToken, expiresIn: accessTokenSeconds }
}
