import { commonProblem, type FieldError, type Input, requireUser } from '@octet/contracts'
import type { identity, Me } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { accessOwnAccount } from './access.ts'
import { cleanBio, cleanDisplayName, isTimeZone, meOf } from './rules.ts'
import * as store from './store.ts'

/** Updates the given fields. Throws `version-mismatch` when the caller saw another version. */
export async function updateMe(ctx: IdentityContext, input: Input<typeof identity, 'updateMe'>): Promise<Me> {
  const { userId } = requireUser(ctx.actor)
  const displayName = input.displayName === undefined ? undefined : cleanDisplayName(input.displayName)
  const errors: FieldError[] = []
  if (input.displayName !== undefined && displayName === undefined) {
    errors.push({ path: '/displayName', message: 'has no visible characters' })
  }
  const timeZone = input.preferences?.timeZone
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    errors.push({ path: '/preferences/timeZone', message: 'is not a known time zone' })
  }
  if (errors.length > 0) throw commonProblem('validation-failed', { errors })
  const bio = input.bio === undefined ? undefined : cleanBio(input.bio)
  const change = { displayName, bio, preferences: input.preferences, ifVersion: ctx.request.ifMatch }
  const row = await ctx.db.transaction('identity.updateMe', tx => store.updateUser(tx, userId, change))
  if (row !== undefined) return meOf(row)
  await accessOwnAccount(ctx.db, ctx.actor) // throws if the account itself is gone
  throw commonProblem('version-mismatch')
}
