/** Pure decisions of identity: names, passwords, refresh tokens. The clock is an argument. */
import type { Role } from '@octet/contracts'
import type { Me } from '@octet/contracts/identity'

// ---- names ------------------------------------------------------------------------------------------------------

/**
 * What makes two usernames the same: case does not count, nor do characters that look alike in common fonts. The pairs
 * are those of Unicode TR 39 within `[a-z0-9_-]`, and `vv`/`w`.
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
  here home hostmaster identity info login logout mail me moderator news no-reply noreply nobody null octet official
  owner postmaster privacy register root security service settings setup signin signup staff status support sysadmin
  search system team terms undefined unknown user users webmaster www`
const reservedKeys = new Set(reservedNames.trim().split(/\s+/).map(usernameKey))

/** Names that would let somebody pass for the installation itself, also in look-alike spelling. */
export function isReserved(username: string): boolean {
  return reservedKeys.has(usernameKey(username))
}

/** Addresses are compared without case; nothing else is folded, since only the mail host knows what it ignores. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/** Control and formatting characters: they break logs and lines, or turn text around. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** Text of one line, as it would look. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '')
}

/** A name fit to show, or `undefined` when nothing visible is left. Joiners go too; family emoji come apart. */
export function cleanDisplayName(name: string): string | undefined {
  const clean = withoutInvisible(name.normalize('NFC')).trim()
  return clean === '' ? undefined : clean
}

const userAgentLengthMax = 200

/** A user agent fit for a list of devices. */
export function cleanUserAgent(userAgent: string): string {
  return withoutInvisible(userAgent).trim().slice(0, userAgentLengthMax)
}

/** Whether the runtime knows the time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

// ---- passwords --------------------------------------------------------------------------------------------------

// ---- refresh tokens ---------------------------------------------------------------------------------------------

// ---- views ------------------------------------------------------------------------------------------------------

/** An account as stored. */
export interface UserRow {
  readonly id: string
  readonly username: string
  readonly display_name: string
  /** As typed; null: none. The key is lower case. */
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

/** Whether the account has the room of a stranger. Who was given a role is none, whatever their address. */
export function isUnverified({ email_verified: isProved, roles }: Pick<UserRow, 'email_verified' | 'roles'>): boolean {
  return !isProved && roles.every(role => role === 'user')
}

/** The account as its owner sees it. */
export function meOf(row: UserRow): Me {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    email: row.email,
    emailVerified: row.email_verified,
    roles: row.roles,
    preferences: row.preferences,
    createdAt: row.created_at,
    version: row.version,
  }
}

/** The account as others see it. */
export function publicUserOf({ id, username, display_name }: Pick<UserRow, 'id' | 'username' | 'display_name'>) {
  return { id, username, displayName: display_name }
}

/** The account as those who manage accounts see it. */
export function managedUserOf(row: UserRow) {
  return {
    ...publicUserOf(row),
    roles: row.roles,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
  }
}
