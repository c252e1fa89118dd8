/** Codes and links as they stand in mails, and the hashes of them that are kept. */
import { createHash, randomBytes } from 'node:crypto'

/** Crockford's: no I, L, O, U, which people mistake. 32 characters, so a byte's low five bits choose one fairly. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 8
const tokenSizeBytes = 32

/**
 * 40 random bits, `K7QF-2M9D`. Enough, for it opens nothing by itself: it is entered in a session of the account, ten
 * times at most.
 */
export function newCode(): string {
  const characters = [...randomBytes(codeLength)].map(byte => alphabet[byte & 31]).join('')
  return `${characters.slice(0, 4)}-${characters.slice(4)}`
}

/** What is kept of an account's code, however it was typed. */
export function codeHash(userId: string, code: string): Buffer {
  const typed = code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return createHash('sha256').update(`${userId} ${typed}`).digest()
}

/** 256 random bits for a link that acts without a session, and the hash of them that is kept. */
export function newLinkToken(): { readonly token: string; readonly hash: Buffer } {
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  return { token, hash: linkHash(token) }
}

/** A plain hash is enough for what nobody can guess. */
export function linkHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
