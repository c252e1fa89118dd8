/** Pure decisions about accounts: names, addresses and views. */
import type { Role } from '@octet/contracts'
import type { Me } from '@octet/contracts/identity'

// ---- names ------------------------------------------------------------------------------------------------------

/**
 * Two usernames with the same key count as equal. Case and characters that look alike in common fonts are ignored. The
 * pairs come from Unicode TR 39 within `[a-z0-9_-]`, plus `vv`/`w`.
 */
export function usernameKey(username: string): string {
  return username
    .toLowerCase()
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('0', 'o')
    .replaceAll(/[1i]/g, 'l')
    .replaceAll('-', '_')
}

const reservedNames = `
  about abuse account admin administrator all anonymous api app auth billing channel contact deleted everyone guest help
  here home hostmaster identity info login logout mail me moderator news no-reply noreply null octet official
  owner postmaster privacy register root security service settings setup signin signup staff status support sysadmin
  search system team terms undefined unknown user users webmaster www`
const reservedKeys = new Set(['nobody', ...reservedNames.trim().split(/\s+/)].map(usernameKey))

/** Names that suggest the installation itself, including look-alike spellings. */
export function isReserved(username: string): boolean {
  return reservedKeys.has(usernameKey(username))
}

/** Addresses are compared case-insensitively. Nothing else is normalised: only the mail host knows what it ignores. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/** Control and formatting characters: they break log lines or reverse text direction. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** A single line without invisible characters. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '')
}

/** A display name, or `undefined` when nothing visible is left. Joiners are removed, so family emoji split. */
export function cleanDisplayName(name: string): string | undefined {
  const clean = withoutInvisible(name.normalize('NFC')).trim()
  return clean === '' ? undefined : clean
}

/** A bio: line breaks stay, at most two in a row; other invisible characters go. */
export function cleanBio(bio: string): string {
  const lines = bio.normalize('NFC').replaceAll('\r\n', '\n').split('\n').map(withoutInvisible)
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const userAgentLengthMax = 200

/** A user agent for the list of devices. */
export function cleanUserAgent(userAgent: string): string {
  return withoutInvisible(userAgent).trim().slice(0, userAgentLengthMax)
}

/** Whether the runtime knows this time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

// ---- views ------------------------------------------------------------------------------------------------------

/** An account as stored. */
export interface UserRow {
  readonly id: string
  readonly username: string
  readonly display_name: string
  readonly bio: string
  /** SHA-256 of the stored picture, in hex. */
  readonly avatar_hash: string | null
  /** As entered, or null. The key is lower case. */
  readonly email: string | null
  readonly email_key: string | null
  readonly email_verified: boolean
  readonly password_hash: string | null
  readonly roles: Role[]
  readonly preferences: Me['preferences']
  readonly access_version: number
  readonly version: number
  readonly created_at: string
  readonly disabled_at: string | null
  readonly disabled_reason: string | null
}

/** The language an account's mails are written in. */
export function languageOf({ preferences }: Pick<UserRow, 'preferences'>): 'en' | 'de' {
  return preferences.language ?? 'en'
}

/** Whether the limits for unverified accounts apply. Accounts with an assigned role are exempt. */
export function isUnverified({
  email_verified: isVerified,
  roles,
}: Pick<UserRow, 'email_verified' | 'roles'>): boolean {
  return !isVerified && roles.every(role => role === 'user')
}

/** The account as shown to its owner. */
export function meOf(row: UserRow): Me {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    bio: row.bio,
    ...avatarOf(row),
    email: row.email,
    emailVerified: row.email_verified,
    roles: row.roles,
    preferences: row.preferences,
    createdAt: row.created_at,
    version: row.version,
  }
}

/** The account as shown to other people. */
export function publicUserOf(
  row: Pick<UserRow, 'id' | 'username' | 'display_name'> & Partial<Pick<UserRow, 'avatar_hash'>>,
) {
  return { id: row.id, username: row.username, displayName: row.display_name, ...avatarOf(row) }
}

function avatarOf({ id, avatar_hash: hash }: { readonly id: string; readonly avatar_hash?: string | null }) {
  return hash == null ? {} : { avatarUrl: `/users/${id}/avatar/${hash}` }
}

/** The account as shown to administrators. */
export function managedUserOf(row: UserRow) {
  return {
    ...publicUserOf(row),
    roles: row.roles,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
  }
}
