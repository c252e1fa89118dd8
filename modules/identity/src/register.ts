import type { Input, identity, Output } from '@octet/contracts'
import { commonProblem } from '@octet/contracts'
import { type IdentityContext, problem } from './context.ts'
import { checkPassword, hashNewPassword, insertAccount, type Registration } from './create-account.ts'
import { issueTokens } from './issue-session.ts'
import { isReserved, normalPassword, type UserRow } from './rules.ts'
import * as store from './store.ts'

/**
 * Makes an account and signs in. Whether the address is known elsewhere makes no difference. Publishes
 * `user-registered`. Throws `username-taken`, `username-reserved`, `sign-in-busy`, `rate-limited`.
 */
export async function register(
  ctx: IdentityContext,
  input: Input<typeof identity, 'register'>,
): Promise<Output<typeof identity, 'register'>> {
  return issueTokens(ctx, await createAccount(ctx, input))
}

/** The account alone, for every way of signing in afterwards. */
export async function createAccount(ctx: IdentityContext, input: Registration): Promise<UserRow> {
  if (isReserved(input.username)) throw problem('username-reserved')
  checkPassword(input)
  const { hash, wasHonest } = await hashNewPassword(ctx, input.password)
  // Under an idempotency key only the id is remembered: tokens must not lie in a table.
  const { userId } = await ctx.once('identity.register', async tx => {
    const id = await insertAccount(tx, input, { passwordHash: hash, roles: ['user'] })
    await tx.publish('user-registered', { userId: id })
    return { userId: id }
  })
  const user = await store.findUser(ctx.db, userId)
  if (user === undefined) throw commonProblem('not-found')
  if (user.password_hash !== hash) await checkRepeat(ctx, input.password, user)
  wasHonest()
  return user
}

/** A repeat of the same request gets a session of its own, but only with the password: a key is no secret. */
async function checkRepeat(ctx: IdentityContext, password: string, user: UserRow): Promise<void> {
  const isRight = await ctx.passwords.verify(normalPassword(password) ?? '', user.password_hash)
  if (!isRight) throw commonProblem('idempotency-key-reused')
}
