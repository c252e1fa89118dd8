import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { accessManagedAccount } from '../account/access.ts'
import { managedUserOf, type UserRow, withoutInvisible } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { endSessions, revokeOlderTokens } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { auditAdministration } from './audit-administration.ts'

/**
 * Disables an account. Its sessions end permanently, its tokens and API keys are refused everywhere within a second,
 * and sign-in is refused. Throws `last-admin`, `not-found`.
 */
export async function disableUser(
  ctx: IdentityContext,
  { id, reason }: Input<typeof identity, 'disableUser'>,
): Promise<Output<typeof identity, 'disableUser'>> {
  const { after, ended } = await ctx.db.transaction('identity.disableUser', async tx => {
    const admins = await store.lockAdmins(tx)
    const account = await accessManagedAccount(tx, id)
    if (account.disabled_at !== null) return { after: account, ended: [] }
    if (admins.length === 1 && admins[0] === account.id) throw problem('last-admin')
    const text = withoutInvisible(reason.toWellFormed())
    const changed = await changeAccess(tx, account.id, text)
    const choice = { userId: account.id, allBut: null }
    const sessions = await endSessions(tx, choice, { reason: 'disabled', keepMs: revocationKeepMs })
    const note = { action: 'disabled', subjectId: account.id, reason: text } as const
    await auditAdministration(ctx, tx, note)
    return { after: changed, ended: sessions }
  })
  ctx.revocations.endSessions(ended)
  ctx.revocations.outdateUser(after.id, after.access_version)
  return managedUserOf(after)
}

/** Enables an account again. Throws `not-found`. */
export async function enableUser(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'enableUser'>,
): Promise<Output<typeof identity, 'enableUser'>> {
  const after = await ctx.db.transaction('identity.enableUser', async tx => {
    const account = await accessManagedAccount(tx, id)
    if (account.disabled_at === null) return account
    const changed = await changeAccess(tx, account.id, null)
    await auditAdministration(ctx, tx, { action: 'enabled', subjectId: account.id })
    return changed
  })
  ctx.revocations.outdateUser(after.id, after.access_version)
  return managedUserOf(after)
}

/** Changes the access and invalidates the account's tokens with the commit. */
async function changeAccess(tx: Tx, id: string, disabledReason: string | null): Promise<UserRow> {
  const changed = await store.setDisabled(tx, id, disabledReason)
  await revokeOlderTokens(tx, { userId: id, version: changed.access_version, keepMs: revocationKeepMs })
  return changed
}
