import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { newId, type Tx } from '@octet/db'
import { accessManagedAccount } from '../account/access.ts'
import { type UserRow, usernameKey } from '../account/rules.ts'
import * as store from '../account/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { mailOwner } from '../mail/notify-owner.ts'
import { erasureMail } from '../mail/texts.ts'
import { problem } from '../problem.ts'
import { endSessions } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { advanceErasuresJob } from './rules.ts'
import { insertErasure } from './store.ts'

const dayMs = 24 * 60 * 60_000

/**
 * Ends every session of the caller and deletes the account after the grace period. Signing in again before that cancels
 * the deletion. Throws `username-wrong`, `last-admin`.
 */
export async function requestErasure(
  ctx: IdentityContext,
  { username }: Input<typeof identity, 'requestErasure'>,
): Promise<Output<typeof identity, 'requestErasure'>> {
  const { userId } = requireUser(ctx.actor)
  const { erasesAt, ended } = await ctx.db.transaction('identity.requestErasure', async tx => {
    const account = await checkErasable(tx, userId, username)
    const begun = await beginErasure(ctx, tx, { userId, graceMs: ctx.erasureGraceDays * dayMs })
    const day = begun.erasesAt.slice(0, 10)
    await mailOwner(ctx, tx, account, { kind: 'deletion-asked', contentOf: about => erasureMail({ ...about, day }) })
    await audit(ctx, tx, { userId, action: 'deletion-asked' })
    return begun
  })
  ctx.revocations.endSessions(ended)
  return { erasesAt }
}

/**
 * Checks that an account can be erased. Throws `not-found`, `username-wrong`, and `last-admin`: one administrator must
 * remain.
 */
export async function checkErasable(tx: Tx, userId: string, username: string): Promise<UserRow> {
  const admins = await store.lockAdmins(tx)
  const account = await accessManagedAccount(tx, userId)
  if (usernameKey(username) !== usernameKey(account.username)) throw problem('username-wrong')
  if (admins.length === 1 && admins[0] === account.id) throw problem('last-admin')
  return account
}

/** Saves the request and ends all sessions. Returns the ids of the sessions that were active. */
export async function beginErasure(
  ctx: IdentityContext,
  tx: Tx,
  { userId, graceMs }: { userId: string; graceMs: number },
): Promise<{ erasesAt: string; ended: readonly string[] }> {
  const now = ctx.now()
  const row = await insertErasure(tx, {
    id: newId(),
    userId,
    now: new Date(now).toISOString(),
    dueAt: new Date(now + graceMs).toISOString(),
  })
  const ended = await endSessions(tx, { userId, allBut: null }, { reason: 'erasing', keepMs: revocationKeepMs })
  if (graceMs === 0) await ctx.jobs.enqueue(tx, advanceErasuresJob, {}, { key: 'now' })
  return { erasesAt: row.due_at, ended }
}
