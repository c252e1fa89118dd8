/** The one-time link with which the first administrator is made. Only while there is none. */
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Queryable } from '@octet/db'
import { hasAdmin, insertSetupToken } from './store.ts'

const tokenSizeBytes = 32
const lifeMinutes = 30

/** Whether the installation waits for its first administrator. */
export async function setupNeeded({ db }: { readonly db: Queryable }): Promise<boolean> {
  return !(await hasAdmin(db))
}

/**
 * A token for `webSetup`, good for half an hour and one use; only its hash is kept. Links made earlier stay good, since
 * several processes may each print one. `undefined` when there is an administrator already.
 */
export async function createSetupToken({ db }: { readonly db: Db }): Promise<string | undefined> {
  if (await hasAdmin(db)) return undefined
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  await insertSetupToken(db, setupTokenHash(token), lifeMinutes)
  return token
}

/** A plain hash is enough for what nobody can guess. */
export function setupTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
