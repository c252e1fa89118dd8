/**
 * Format of API keys: `oct_<kind>_<id>_<secret><checksum>` with 10, 32 and 6 base62 characters. Secret scanners
 * recognise the prefix. The checksum tells an invalid key from a real one without a request.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const lookupChars = 10
const secretChars = 32
const checksumChars = 6
/** The pattern for secret scanners. */
const pattern = /^oct_(pat)_([0-9A-Za-z]{10})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

export interface NewApiKey {
  /** The complete key. Only its owner stores it. */
  readonly key: string
  readonly lookup: string
  readonly secretHash: Buffer
  readonly last4: string
}

/** Generates a key of 190 random bits under a new id. */
export function newApiKey(): NewApiKey {
  const lookup = randomBase62(lookupChars)
  const secret = randomBase62(secretChars)
  const body = `${prefixOf(lookup)}_${secret}`
  const key = body + checksumOf(body)
  return { key, lookup, secretHash: hashOf(secret), last4: key.slice(-4) }
}

/** The start of the key with this id. */
export function prefixOf(lookup: string): string {
  return `oct_pat_${lookup}`
}

/** Whether a bearer token has the form of an API key. */
export function isApiKeyLike(token: string): boolean {
  return token.startsWith('oct_')
}

/** Parses a key without verifying it; `undefined` for malformed keys, without a database query. */
export function parseApiKey(key: string): { readonly lookup: string; readonly secretHash: Buffer } | undefined {
  const [, , lookup, secret, checksum] = pattern.exec(key) ?? []
  if (lookup === undefined || secret === undefined || checksum === undefined) return undefined
  if (checksumOf(`${prefixOf(lookup)}_${secret}`) !== checksum) return undefined
  return { lookup, secretHash: hashOf(secret) }
}

/** Compares in constant time. */
export function isSameSecret(presented: Buffer, kept: Buffer): boolean {
  return presented.length === kept.length && timingSafeEqual(presented, kept)
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** CRC-32 (ISO 3309) of everything before, as GitHub and npm do. */
function checksumOf(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < checksumChars; place++) {
    text = alphabet[rest % alphabet.length] + text
    rest = Math.floor(rest / alphabet.length)
  }
  return text
}

function randomBase62(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}
