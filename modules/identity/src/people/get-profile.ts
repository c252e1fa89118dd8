import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { publicUserOf, usernameKey } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { findProfile } from './store.ts'

const usernamePattern = /^[a-zA-Z0-9_-]{1,40}$/

/** A public profile. `not-found` for unknown names, disabled accounts and accounts that have blocked the caller. */
export async function getProfile(
  ctx: IdentityContext,
  { username }: Input<typeof identity, 'getProfile'>,
): Promise<Output<typeof identity, 'getProfile'>> {
  const viewerId = requireUser(ctx.actor).userId
  if (!usernamePattern.test(username)) throw commonProblem('not-found')
  const row = await findProfile(ctx.db, { usernameKey: usernameKey(username), viewerId })
  // Look-alike spellings do not match: a link must name the exact account.
  if (row === undefined || row.username.toLowerCase() !== username.toLowerCase()) throw commonProblem('not-found')
  return { ...publicUserOf(row), bio: row.bio, createdAt: row.created_at, blockedByMe: row.blocked_by_me }
}
