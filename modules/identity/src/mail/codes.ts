/** Codes and links for mails, and the hashes that are stored. */
import { createHash, randomBytes } from 'node:crypto'

/**
 * Crockford's alphabet: no I, L, O, U, which people confuse. With 32 characters, the low five bits of a byte choose
 * evenly.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 8
const tokenSizeBytes = 32

/**
 * A code of 40 random bits, such as `K7QF-2M9D`. That suffices: the code works only in a session of the account, for at
 * most ten attempts.
 */
export function newCode(): string {
  const characters = [...randomBytes(codeLength)].map(byte => alphabet[byte & 31]).join('')
  return `${characters.slice(0, 4)}-${characters.slice(4)}`
}

/** Stored hash of an account's code, however it was typed. */
export function codeHash(userId: string, code: string): Buffer {
  const typed = code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return createHash('sha256').update(`${userId} ${typed}`).digest()
}

/** A link token of 256 random bits that works without a session, and its stored hash. */
export function newLinkToken(): { readonly token: string; readonly hash: Buffer } {
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  return { token, hash: linkHash(token) }
}

/** A plain hash suffices for values that cannot be guessed. */
export function linkHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
