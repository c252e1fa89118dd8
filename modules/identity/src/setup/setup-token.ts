/** The one-time link that creates the first administrator. Works only while no administrator exists. */
import { createHash, randomBytes } from 'node:crypto'
import type { Db, Queryable } from '@octet/db'
import { hasAdmin, insertSetupToken } from './store.ts'

const tokenSizeBytes = 32
const lifeMinutes = 30

/** Whether the installation has no administrator yet. */
export async function setupNeeded({ db }: { readonly db: Queryable }): Promise<boolean> {
  return !(await hasAdmin(db))
}

/**
 * Creates a token for `webSetup` that is valid for half an hour and one use; only its hash is stored. Earlier links
 * stay valid, because several processes may each print one. `undefined` when an administrator exists.
 */
export async function createSetupToken({ db }: { readonly db: Db }): Promise<string | undefined> {
  if (await hasAdmin(db)) return undefined
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  await insertSetupToken(db, setupTokenHash(token), lifeMinutes)
  return token
}

/** A plain hash suffices for values that cannot be guessed. */
export function setupTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
