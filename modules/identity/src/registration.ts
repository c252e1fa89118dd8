/** The parts of signing up that its ways share. */
import { commonProblem, type Role } from '@octet/contracts'
import { newId, type Queryable } from '@octet/db'
import type { IdentityContext } from './context.ts'
import { problem } from './problem.ts'
import { emailKey, normalPassword, refusePassword, usernameKey } from './rules.ts'
import * as store from './store.ts'
import { addressOf } from './throttle.ts'

export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Throws `validation-failed` for a password that would be no protection. */
export function checkPassword({ username, email, password }: Registration): void {
  const refusal = refusePassword(password, { username, email })
  if (refusal === undefined) return
  throw commonProblem('validation-failed', { errors: [{ path: '/password', message: refusal }] })
}

/**
 * The password's hash, after the caller's network was let through. Call the second part when the account was made.
 * Throws `rate-limited`, `unavailable`.
 */
export async function hashNewPassword(
  { throttle, passwords, request }: Pick<IdentityContext, 'throttle' | 'passwords' | 'request'>,
  password: string,
): Promise<{ readonly hash: string; readonly wasHonest: () => void }> {
  const wasHonest = throttle.take({ address: addressOf(request) })
  const hash = await passwords.hash(normalPassword(password) ?? '')
  return { hash, wasHonest }
}

/** Inserts the account and returns its id. Throws `username-taken`. */
export async function insertAccount(
  tx: Queryable,
  { username, email }: Registration,
  { passwordHash, roles }: { passwordHash: string; roles: readonly Role[] },
): Promise<string> {
  const id = newId()
  const isNew = await store.insertUser(tx, {
    id,
    username,
    usernameKey: usernameKey(username),
    email,
    emailKey: emailKey(email),
    passwordHash,
    roles,
  })
  if (!isNew) throw problem('username-taken', { errors: [{ path: '/username', message: 'is taken' }] })
  return id
}
