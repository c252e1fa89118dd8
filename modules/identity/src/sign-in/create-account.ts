import { commonProblem } from '@octet/contracts'
import { isReserved, type UserRow } from '../account/rules.ts'
import * as store from '../account/store.ts'
import { checkEmail } from '../address/check-email.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { registrations } from '../flags.ts'
import { checkPassword, hashNewPassword } from '../passwords/new-password.ts'
import { normalPassword } from '../passwords/rules.ts'
import { problem } from '../problem.ts'
import { insertAccount, type Registration } from './registration.ts'

/** Creates an ordinary account, for every kind of sign-in that follows. Publishes `user-registered`. */
export async function createAccount(ctx: IdentityContext, input: Registration): Promise<UserRow> {
  if (!ctx.flags.isOn(registrations)) throw problem('registrations-off')
  if (isReserved(input.username)) throw problem('username-reserved')
  checkEmail(ctx, input.email)
  checkPassword(input)
  const { hash, creditBack } = await hashNewPassword(ctx, input.password)
  // Under an idempotency key only the id is stored: tokens must not lie in a table.
  const { userId } = await ctx.once('identity.register', async tx => {
    const id = await insertAccount(ctx, tx, input, { passwordHash: hash, roles: ['user'] })
    await tx.publish('user-registered', { userId: id })
    await audit(ctx, tx, { userId: id, action: 'registered' })
    return { userId: id }
  })
  const user = await store.findUser(ctx.db, userId)
  if (user === undefined) throw commonProblem('not-found')
  if (user.password_hash !== hash) await checkRepeat(ctx, input.password, user)
  await creditBack()
  return user
}

/** A repeated request gets its own session only with the correct password: an idempotency key is not a secret. */
async function checkRepeat(ctx: IdentityContext, password: string, user: UserRow): Promise<void> {
  const isRight = await ctx.passwords.verify(normalPassword(password) ?? '', user.password_hash)
  if (!isRight) throw commonProblem('idempotency-key-reused')
}
