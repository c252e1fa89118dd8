/**
 * API keys as text: `oct_<kind>_<id>_<secret><checksum>`, of 10, 32 and 6 base62 characters. By the prefix scanners
 * find leaked ones; by the checksum anybody tells a mistyped or made-up key from a real one without asking us.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const lookupChars = 10
const secretChars = 32
const checksumChars = 6
/** What secret scanners look for. */
const pattern = /^oct_(pat)_([0-9A-Za-z]{10})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

export interface NewApiKey {
  /** The whole key; nobody keeps it but its owner. */
  readonly key: string
  readonly lookup: string
  readonly secretHash: Buffer
  readonly last4: string
}

/** 190 random bits under a new id. */
export function newApiKey(): NewApiKey {
  const lookup = randomBase62(lookupChars)
  const secret = randomBase62(secretChars)
  const body = `${prefixOf(lookup)}_${secret}`
  const key = body + checksumOf(body)
  return { key, lookup, secretHash: hashOf(secret), last4: key.slice(-4) }
}

/** How the key of an id begins. */
export function prefixOf(lookup: string): string {
  return `oct_pat_${lookup}`
}

/** Whether a bearer token means to be an API key. */
export function isApiKeyLike(token: string): boolean {
  return token.startsWith('oct_')
}

/** The parts of a key, unbelieved; `undefined` for what cannot be one of ours, at no cost to the database. */
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

/** CRC-32 (ISO 3309) of all before, as GitHub and npm do. */
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
