import { commonProblem } from '@octet/contracts'
import { emailKey, type UserRow, usernameKey } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { normalPassword } from '../passwords/rules.ts'
import { addressOf } from '../passwords/throttle.ts'
import { problem } from '../problem.ts'
import type { TrustedDevice } from './device-cookie.ts'

/**
 * The account with this login and password. Attempts from a trusted browser are counted apart from those of strangers.
 * An unknown login, an account without a password and a wrong password get the same answer after the same work.
 */
export async function checkCredentials(
  ctx: IdentityContext,
  { login, password, device }: { readonly login: string; readonly password: string; readonly device?: TrustedDevice },
): Promise<UserRow> {
  const normal = normalPassword(password)
  if (normal === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: '/password', message: 'is too long' }] })
  }
  const key = loginKey(login)
  const account = 'emailKey' in key ? key.emailKey : key.usernameKey
  // Look up the account before throttling only for trusted devices.
  const known = device === undefined ? undefined : await store.findUserByLogin(ctx.db, key)
  const own = known !== undefined && known.id === device?.userId ? { device: device.id } : { account }
  const creditBack = await ctx.throttle.take({ ...own, address: addressOf(ctx.request) })
  const user = known ?? (await store.findUserByLogin(ctx.db, key))
  const isRight = await ctx.passwords.verify(normal, user?.password_hash)
  if (!isRight || user === undefined) {
    ctx.measures.passwordsWrong.add()
    if (user !== undefined) ctx.signInFailures.record(user.id, ctx.request.client)
    throw problem('wrong-credentials')
  }
  ctx.measures.passwordsRight.add()
  await creditBack()
  if (user.disabled_at !== null) throw problem('account-disabled') // only revealed after the correct password
  await rehash(ctx, user, normal)
  return user
}

/** Usernames never contain an `@`. Control characters, which the database rejects, occur in neither. */
function loginKey(login: string): { readonly emailKey: string } | { readonly usernameKey: string } {
  const clean = login.replace(/\p{Cc}/gu, '')
  return clean.includes('@') ? { emailKey: emailKey(clean) } : { usernameKey: usernameKey(clean) }
}

/** Replaces an old hash with one of the current cost while the password is known. Skipped when many requests wait. */
async function rehash(ctx: IdentityContext, user: UserRow, password: string): Promise<void> {
  const old = user.password_hash
  if (old === null || !ctx.passwords.isOutdated(old) || ctx.passwords.load().waiting > 0) return
  await store.rehashPassword(ctx.db, user.id, { old, new: await ctx.passwords.hash(password) })
}
