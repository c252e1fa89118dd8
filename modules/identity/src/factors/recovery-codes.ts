/** Codes for the day the phone is lost. Long enough (120 bits) that a plain hash of them may lie in the database. */
import { createHash, randomInt } from 'node:crypto'

const codesMade = 10
const characters = 24
const groupSize = 4
/** Crockford's: nothing that could be mistaken for something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface RecoveryCodes {
  /** In groups of four, for people. */
  readonly codes: readonly string[]
  readonly hashes: readonly Buffer[]
}

/** Ten new ones. */
export function newRecoveryCodes(): RecoveryCodes {
  const plain = Array.from({ length: codesMade }, () => {
    return Array.from({ length: characters }, () => alphabet[randomInt(alphabet.length)]).join('')
  })
  const codes = plain.map(code => (code.match(new RegExp(`.{${groupSize}}`, 'g')) ?? []).join('-'))
  return { codes, hashes: plain.map(hashOf) }
}

/** Hash of a typed code, or `undefined` when it cannot be one. Case, gaps and the usual misreadings do not count. */
export function recoveryCodeHash(typed: string): Buffer | undefined {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  const isOne = plain.length === characters && [...plain].every(character => alphabet.includes(character))
  return isOne ? hashOf(plain) : undefined
}

function hashOf(plain: string): Buffer {
  return createHash('sha256').update(plain).digest()
}
