/** How a session begins, for a browser and for an API client. */
import { randomBytes } from 'node:crypto'
import type { identity, Me, Output } from '@octet/contracts'
import { newId, type Queryable } from '@octet/db'
import { addressPrefix } from '@octet/http'
import type { IdentityContext } from './context.ts'
import { newCookieValue } from './cookie.ts'
import { formatRefreshToken } from './refresh-token.ts'
import { cleanUserAgent, meOf, type UserRow } from './rules.ts'
import { insertSession, type Lifetime, type NewSession } from './store.ts'
import { accessTokenSeconds } from './tokens.ts'

type Tokens = Output<typeof identity, 'login'>

const hourSeconds = 60 * 60
const daySeconds = 24 * hourSeconds
const refreshKeySizeBytes = 32

/** NIST SP 800-63B-4 suggests a day at most (AAL2); a year's habit of the web is longer, and step-up guards what matters. */
const remembered: Lifetime = { idleSeconds: 30 * daySeconds, absoluteSeconds: 90 * daySeconds }
const untilClosed: Lifetime = { idleSeconds: 12 * hourSeconds, absoluteSeconds: 90 * daySeconds }

/** A new API session and its first pair of tokens. */
export async function issueTokens(ctx: IdentityContext, user: UserRow): Promise<Tokens> {
  const refreshKey = randomBytes(refreshKeySizeBytes)
  const session = newSession(ctx, user, { kind: 'api', refreshKey }, remembered)
  await insertSession(ctx.db, session)
  return tokensFor(ctx, user, { sessionId: session.id, counter: 0, refreshKey })
}

/** The tokens of a session at a step of its counter. */
export async function tokensFor(
  ctx: IdentityContext,
  user: UserRow,
  { sessionId, counter, refreshKey }: { sessionId: string; counter: number; refreshKey: Buffer },
): Promise<Tokens> {
  const accessToken = await ctx.accessTokens.sign({
    userId: user.id,
    sessionId,
    roles: user.roles,
    scopes: '*',
    accessVersion: user.access_version,
  })
  const refreshToken = formatRefreshToken({ sessionId, counter }, refreshKey)
  return { user: meOf(user), accessToken, refreshToken, expiresIn: accessTokenSeconds }
}

export interface WebSession {
  readonly me: Me
  /** `Set-Cookie`. */
  readonly cookie: string
}

/** A new browser session. A session fixed by somebody else beforehand is worth nothing: its id is never taken over. */
export async function issueCookie(
  ctx: IdentityContext,
  db: Queryable,
  { user, remember }: { user: UserRow; remember: boolean },
): Promise<WebSession> {
  const { value, hash } = newCookieValue()
  const lifetime = remember ? remembered : untilClosed
  await insertSession(db, newSession(ctx, user, { kind: 'web', cookieHash: hash }, lifetime))
  const cookie = ctx.cookie.set(value, remember ? lifetime.absoluteSeconds : undefined)
  return { me: meOf(user), cookie }
}

function newSession(
  ctx: IdentityContext,
  user: UserRow,
  credential: NewSession['credential'],
  lifetime: Lifetime,
): NewSession {
  const { client } = ctx.request
  return {
    id: newId(),
    userId: user.id,
    credential,
    userAgent: cleanUserAgent(client?.userAgent ?? ''),
    addressPrefix: client === undefined ? '' : addressPrefix(client.address),
    ...lifetime,
  }
}
