import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessManagedAccount } from '../account/access.ts'
import { managedUserOf } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { revokeOlderTokens } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { auditAdministration } from './audit-administration.ts'

/**
 * Replaces the roles of an account. Access tokens issued before stop working at once here and within a second
 * everywhere. A refresh returns a token with the new roles; browser sessions continue. Throws `last-admin`.
 */
export async function setUserRoles(
  ctx: IdentityContext,
  input: Input<typeof identity, 'setUserRoles'>,
): Promise<Output<typeof identity, 'setUserRoles'>> {
  const { before, after } = await ctx.db.transaction('identity.setUserRoles', async tx => {
    const admins = await store.lockAdmins(tx)
    const account = await accessManagedAccount(tx, input.id)
    const isLastAdmin = admins.length === 1 && admins[0] === account.id
    if (isLastAdmin && !input.roles.includes('admin')) throw problem('last-admin')
    if (hasSame(account.roles, input.roles)) return { before: account, after: account }
    const changed = await store.setRoles(tx, account.id, input.roles)
    const version = changed.access_version
    await revokeOlderTokens(tx, { userId: account.id, version, keepMs: revocationKeepMs })
    const details = { before: account.roles.join(' '), after: input.roles.join(' ') }
    await auditAdministration(ctx, tx, { action: 'roles-changed', subjectId: account.id, details })
    return { before: account, after: changed }
  })
  if (after !== before) ctx.revocations.outdateUser(after.id, after.access_version)
  return managedUserOf(after)
}

function hasSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(role => b.includes(role))
}
