/** The parts of signing up that its ways share. */
import { commonProblem, type Role } from '@octet/contracts'
import { newId, type Tx } from '@octet/db'
import { isMailAddress } from '@octet/mail'
import { emailKey, normalPassword, refusePassword, usernameKey } from '../account/rules.ts'
import * as store from '../account/store.ts'
import { askForProof } from '../address/ask-for-proof.ts'
import { isDisposable } from '../address/mail-domains.ts'
import type { IdentityContext } from '../context.ts'
import { addressOf } from '../passwords/throttle.ts'
import { problem } from '../problem.ts'

export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Throws `validation-failed` for an address that no mail can be sent to, or that is thrown away after use. */
export function checkEmail({ refusesDisposable }: Pick<IdentityContext, 'refusesDisposable'>, email: string): void {
  const isKept = !refusesDisposable || !isDisposable(email)
  if (isMailAddress(email) && isKept) return
  const message = isKept ? 'is not an address mail can be sent to' : 'is at a service for throw-away addresses'
  throw commonProblem('validation-failed', { errors: [{ path: '/email', message }] })
}

/** Throws `validation-failed` for a password that would be no protection. */
export function checkPassword(account: { username: string; email: string | null; password: string }): void {
  const { username, email, password } = account
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
): Promise<{ readonly hash: string; readonly wasHonest: () => Promise<void> }> {
  const wasHonest = await throttle.take({ address: addressOf(request) })
  const hash = await passwords.hash(normalPassword(password) ?? '')
  return { hash, wasHonest }
}

/** Inserts the account, asks for the proof of its address and returns its id. Throws `username-taken`. */
export async function insertAccount(
  { jobs }: Pick<IdentityContext, 'jobs'>,
  tx: Tx,
  { username, email }: Pick<Registration, 'username' | 'email'>,
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
  await askForProof({ jobs }, tx, { userId: id, email, emailKey: emailKey(email) })
  return id
}
