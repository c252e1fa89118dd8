/** What a password must be. Pure. */
import { isGuessedFirst } from './guessed-passwords.ts'

const passwordSizeBytesMax = 1024

/** The form that is hashed, or `undefined` when it is too long to hash. Nothing is cut off and nothing trimmed. */
export function normalPassword(password: string): string | undefined {
  const normal = password.normalize('NFC')
  return Buffer.byteLength(normal) > passwordSizeBytesMax ? undefined : normal
}

/** Words that stand for this installation (ASVS 6.2.11). */
const productWords = ['octet', 'password', 'passwort', 'administrator']

/** Shorter names stand in too many good passwords. */
const contextLengthMin = 4

/**
 * Why a new password is not accepted, or `undefined`. Eight characters at least (the schema's bound; ASVS 5.0 6.2.1,
 * where NIST SP 800-63B-4 would want fifteen without a second factor), no rule about their kinds, and none of the
 * passwords everybody tries first: the list, one's own name or address with trimmings, one or two characters over and
 * over.
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
  // What is left without digits and signs at its ends, and said once.
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').replace(/^(.+?)\1+$/u, '$1')
  const isOwn = own.some(word => word === plain || (word.length >= contextLengthMin && word === core))
  if (isOwn) return 'is your name or address'
  return productWords.includes(core) ? 'is one of the most common passwords' : undefined
}
