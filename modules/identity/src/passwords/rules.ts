/** Password policy. Pure. */
import { isGuessedFirst } from './guessed-passwords.ts'

const passwordSizeBytesMax = 1024

/** The form that is hashed, or `undefined` when it is too long. Nothing is truncated or trimmed. */
export function normalPassword(password: string): string | undefined {
  const normal = password.normalize('NFC')
  return Buffer.byteLength(normal) > passwordSizeBytesMax ? undefined : normal
}

/** Words that stand for this installation (ASVS 6.2.11). */
const productWords = ['octet', 'password', 'passwort', 'administrator']

/** Shorter names occur in too many strong passwords. */
const contextLengthMin = 4

/**
 * Why a new password is rejected, or `undefined`. At least eight characters are required by the schema (ASVS 5.0 6.2.1;
 * NIST SP 800-63B-4 recommends fifteen without a second factor). There are no composition rules. Rejected are common
 * passwords, the account's own name or address with affixes, and one or two characters repeated.
 */
export function refusePassword(
  password: string,
  account: { username: string; email: string | null },
): string | undefined {
  const normal = normalPassword(password)
  if (normal === undefined) return `is longer than ${passwordSizeBytesMax} bytes`
  const plain = normal.toLowerCase()
  if (isGuessedFirst(plain) || new Set(plain).size <= 2) return 'is one of the most common passwords'
  const email = account.email?.toLowerCase() ?? ''
  const own = [account.username.toLowerCase(), email, email.split('@')[0] ?? '']
  // The text without digits and signs at its ends, and without repetition.
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').replace(/^(.+?)\1+$/u, '$1')
  const isOwn = own.some(word => word === plain || (word.length >= contextLengthMin && word === core))
  if (isOwn) return 'is your username or e-mail address'
  return productWords.includes(core) ? 'is one of the most common passwords' : undefined
}
