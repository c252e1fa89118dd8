/** Shared steps of registration. */
import type { Role } from '@octet/contracts'
import { newId, type Tx } from '@octet/db'
import { emailKey, usernameKey } from '../account/rules.ts'
import * as store from '../account/store.ts'
import { requestVerification } from '../address/request-verification.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'

export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Inserts the account, requests verification of its address and returns its id. Throws `username-taken`. */
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
  await requestVerification({ jobs }, tx, { userId: id, email, emailKey: emailKey(email) })
  return id
}
