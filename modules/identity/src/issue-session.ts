import { newId } from '@octet/db'
import { addressPrefix } from '@octet/http'
import { audit } from './audit.ts'
import type { IdentityContext } from './context.ts'
import { sealRefreshKey } from './refresh-key.ts'
import { cleanUserAgent } from './rules.ts'
import { insertSession, type Lifetime, type NewSession } from './session-store.ts'

const hourSeconds = 60 * 60
const daySeconds = 24 * hourSeconds

/** NIST SP 800-63B-4 suggests a day at most (AAL2); people are used to weeks, and step-up guards what matters. */
export const remembered: Lifetime = { idleSeconds: 30 * daySeconds, absoluteSeconds: 90 * daySeconds }
/** For browsers that forget the cookie on closing. */
export const untilClosed: Lifetime = { idleSeconds: 12 * hourSeconds, absoluteSeconds: 90 * daySeconds }

export interface IssuedSession {
  readonly sessionId: string
  /** When it began: Unix milliseconds by the database's clock. */
  readonly provenAtMs: number
}

/** Begins a session of the user on the device that makes this request. */
export async function issueSession(
  ctx: IdentityContext,
  { userId, credential, lifetime }: Pick<NewSession, 'userId' | 'credential'> & { readonly lifetime: Lifetime },
): Promise<IssuedSession> {
  const { client } = ctx.request
  const sessionId = newId()
  const kept =
    credential.kind === 'web'
      ? credential
      : { kind: credential.kind, refreshKey: sealRefreshKey(ctx.secrets, sessionId, credential.refreshKey) }
  const provenAtMs = await ctx.db.transaction('identity.issueSession', async tx => {
    const begunAtMs = await insertSession(tx, {
      id: sessionId,
      userId,
      credential: kept,
      userAgent: cleanUserAgent(client?.userAgent ?? ''),
      addressPrefix: client === undefined ? '' : addressPrefix(client.address),
      ...lifetime,
    })
    await audit(ctx, tx, { userId, action: 'signed-in', details: { kind: credential.kind } })
    return begunAtMs
  })
  return { sessionId, provenAtMs }
}
