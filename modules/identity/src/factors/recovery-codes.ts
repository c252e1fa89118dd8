/** Recovery codes for a lost device. With 120 bits each, a plain hash in the database is sufficient. */
import { createHash, randomInt } from 'node:crypto'

const codesMade = 10
const characters = 24
const groupSize = 4
/** Crockford's alphabet: no characters that look alike. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface RecoveryCodes {
  /** Formatted in groups of four. */
  readonly codes: readonly string[]
  readonly hashes: readonly Buffer[]
}

/** Generates ten codes. */
export function newRecoveryCodes(): RecoveryCodes {
  const plain = Array.from({ length: codesMade }, () => {
    return Array.from({ length: characters }, () => alphabet[randomInt(alphabet.length)]).join('')
  })
  const codes = plain.map(code => (code.match(new RegExp(`.{${groupSize}}`, 'g')) ?? []).join('-'))
  return { codes, hashes: plain.map(hashOf) }
}

/**
 * Hash of an entered code, or `undefined` when the input cannot be a code. Case, gaps and common misreadings are
 * ignored.
 */
export function recoveryCodeHash(typed: string): Buffer | undefined {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  const isOne = plain.length === characters && [...plain].every(character => alphabet.includes(character))
  return isOne ? hashOf(plain) : undefined
}

function hashOf(plain: string): Buffer {
  return createHash('sha256').update(plain).digest()
}
