import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessManagedAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import * as sessions from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { auditAdministration } from './audit-administration.ts'

/** Signs an account out on every device. Throws `not-found`. */
export async function endUserSessions(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'endUserSessions'>,
): Promise<Output<typeof identity, 'endUserSessions'>> {
  const ended = await ctx.db.transaction('identity.endUserSessions', async tx => {
    const account = await accessManagedAccount(tx, id)
    const choice = { userId: account.id, allBut: null }
    const ids = await sessions.endSessions(tx, choice, { reason: 'ended', keepMs: revocationKeepMs })
    const note = { action: 'sessions-ended', subjectId: account.id, details: { sessions: ids.length } } as const
    await auditAdministration(ctx, tx, note)
    return ids
  })
  ctx.revocations.endSessions(ended)
  return {}
}
