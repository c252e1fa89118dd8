import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { requireSignInMethod } from '../account/require-sign-in-method.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { holdAccount } from '../factors/store.ts'
import { deleteIdentity, listIdentities } from './store.ts'

/** The providers that can be used to sign in. */
export async function listProviders(ctx: IdentityContext): Promise<Output<typeof identity, 'listProviders'>> {
  return { providers: [...ctx.providers.keys()].map(name => ({ name })) }
}

/** Provider accounts that sign in to the caller's account. */
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

/** Unlinks a provider account, unless it is the last sign-in method. Throws `last-way-in`, `not-found`. */
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
