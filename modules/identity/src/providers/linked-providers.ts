import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { requireSignInMethod } from '../account/require-sign-in-method.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { holdAccount } from '../factors/store.ts'
import { deleteIdentity, listIdentities } from './store.ts'

/** Where else one may have an account to sign in with. */
export async function listProviders(ctx: IdentityContext): Promise<Output<typeof identity, 'listProviders'>> {
  return { providers: [...ctx.providers.keys()].map(name => ({ name })) }
}

/** Accounts elsewhere that sign the caller in here. */
export async function linkedProviders(ctx: IdentityContext): Promise<Output<typeof identity, 'listLinkedProviders'>> {
  const rows = await listIdentities(ctx.db, requireUser(ctx.actor).userId)
  return {
    data: rows.map(row => ({
      provider: row.provider,
      label: row.label,
      linkedAt: row.linked_at,
      usedAt: row.used_at,
    })),
  }
}

/** Takes a way in away, unless it is the last one. Throws `last-way-in`, `not-found`. */
export async function unlinkProvider(
  ctx: IdentityContext,
  { provider }: Input<typeof identity, 'unlinkProvider'>,
): Promise<Output<typeof identity, 'unlinkProvider'>> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('identity.unlinkProvider', async tx => {
    await holdAccount(tx, userId)
    if (!(await deleteIdentity(tx, userId, provider))) throw commonProblem('not-found')
    await requireSignInMethod(ctx, tx, userId)
    await audit(ctx, tx, { userId, action: 'provider-unlinked', details: { provider } })
  })
  return {}
}
