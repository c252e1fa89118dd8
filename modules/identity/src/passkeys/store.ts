/** SQL of passkeys. */
import type { Db, Queryable, Sql, Tx } from '@octet/db'

export interface PasskeyRow {
  readonly id: string
  readonly user_id: string
  readonly credential_id: string
  readonly public_key: Buffer
  readonly is_backed_up: boolean
  readonly name: string
  readonly guards_password: boolean
  readonly created_at: string
  readonly last_used_at: string | null
}

const columns = (sql: Sql) => sql`
  id, user_id, credential_id, public_key, is_backed_up, name, guards_password, created_at, last_used_at`

/** Maximum number per account. */
export const passkeysMax = 20

/** An account's passkeys, oldest first. */
export function listPasskeyRows({ sql }: Queryable, userId: string): Promise<PasskeyRow[]> {
  return sql<PasskeyRow[]>`
    select ${columns(sql)} from passkeys where user_id = ${userId} order by created_at, id limit ${passkeysMax}`
}

/** Finds a passkey of any account by its credential id. */
export async function findPasskey({ sql }: Queryable, credentialId: string): Promise<PasskeyRow | undefined> {
  const [row] = await sql<PasskeyRow[]>`select ${columns(sql)} from passkeys where credential_id = ${credentialId}`
  return row
}

export interface NewPasskey {
  readonly id: string
  readonly userId: string
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
  readonly aaguid: string
  readonly isBackedUp: boolean
  readonly name: string
  readonly guardsPassword: boolean
}

/** Inserts a passkey; `undefined` when the credential exists already. */
export async function insertPasskey({ sql }: Tx, passkey: NewPasskey): Promise<PasskeyRow | undefined> {
  const [row] = await sql<PasskeyRow[]>`
    insert into passkeys (id, user_id, credential_id, public_key, counter, transports, aaguid, is_backed_up, name,
                          guards_password)
    values (${passkey.id}, ${passkey.userId}, ${passkey.credentialId}, ${Buffer.from(passkey.publicKey)},
            ${passkey.counter}, ${[...passkey.transports]}::text[], ${passkey.aaguid}, ${passkey.isBackedUp},
            ${passkey.name}, ${passkey.guardsPassword})
    on conflict (credential_id) do nothing
    returning ${columns(sql)}`
  return row
}

/**
 * Advances the signature counter. `false` when it did not increase: the key was copied. Synced keys always report 0.
 */
export async function advanceCounter({ sql }: Tx, id: string, counter: number): Promise<boolean> {
  const rows = await sql`
    update passkeys set counter = ${counter}, last_used_at = clock_timestamp()
    where id = ${id} and (counter < ${counter} or (counter = 0 and ${counter} = 0))
    returning true`
  return rows.length === 1
}

/** Renames one of the account's passkeys. */
export async function renamePasskeyRow(
  { sql }: Db,
  { userId, id, name }: { userId: string; id: string; name: string },
): Promise<PasskeyRow | undefined> {
  const [row] = await sql<PasskeyRow[]>`
    update passkeys set name = ${name} where id = ${id} and user_id = ${userId} returning ${columns(sql)}`
  return row
}

/** Deletes one of the account's passkeys; `false` when it does not exist. */
export async function deletePasskey({ sql }: Tx, userId: string, id: string): Promise<boolean> {
  const rows = await sql`delete from passkeys where id = ${id} and user_id = ${userId} returning true`
  return rows.length === 1
}

// ---- challenges -------------------------------------------------------------------------------------------------

export type Purpose = 'register' | 'sign-in' | 'second-factor' | 'step-up'

export interface PasskeyChallenge {
  readonly hash: Buffer
  readonly purpose: Purpose
  readonly userId: string | null
  readonly mustVerifyUser: boolean
  readonly seconds: number
}

/** Stores a challenge. */
export async function insertPasskeyChallenge({ sql }: Db, challenge: PasskeyChallenge): Promise<void> {
  const { hash, purpose, userId, mustVerifyUser, seconds } = challenge
  await sql`
    insert into passkey_challenges (challenge_hash, purpose, user_id, must_verify_user, expires_at)
    values (${hash}, ${purpose}, ${userId}, ${mustVerifyUser},
            clock_timestamp() + make_interval(secs => ${seconds}))`
}

/**
 * Takes a challenge, whatever becomes of its answer. Only one of several requests gets it. Runs outside any
 * transaction, so a failed answer uses the challenge up too.
 */
export async function takePasskeyChallenge(
  { sql }: Db,
  hash: Buffer,
  purpose: Purpose,
): Promise<{ readonly user_id: string | null; readonly must_verify_user: boolean } | undefined> {
  const [row] = await sql<{ user_id: string | null; must_verify_user: boolean }[]>`
    delete from passkey_challenges
    where challenge_hash = ${hash} and purpose = ${purpose} and expires_at > clock_timestamp()
    returning user_id, must_verify_user`
  return row
}
