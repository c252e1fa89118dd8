/**
 * The recovery key: 256 random bits that a person keeps on paper. With it a new device reads the sealed copies of
 * messages that other devices left on the server. Without it they are noise.
 */
import { bytesOf, textOf } from './bytes.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford's base 32
const keyBytes = 32
const checkLetters = 4
const nonceBytes = 12

export interface Recovery {
  /** Identifies the key without revealing it. */
  readonly check: Uint8Array
  /** A message, sealed for its position in its room. */
  seal(roomId: string, seq: number, text: string): Promise<Uint8Array>
  /** Throws for a copy that another key sealed, or that belongs to another position. */
  open(roomId: string, seq: number, sealed: Uint8Array): Promise<string>
}

export function newRecoveryKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(keyBytes))
}

/** In groups of four letters; the last ones detect typing errors. */
export async function recoveryKeyText(key: Uint8Array<ArrayBuffer>): Promise<string> {
  const letters = `${lettersOf(key)}${await checkOf(key)}`
  return letters.match(/.{1,4}/g)?.join('-') ?? ''
}

/** Reads a typed key, in any case and with any spaces. `undefined` when it cannot be a key. */
export async function readRecoveryKey(text: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  const bodyLetters = letters.slice(0, -checkLetters)
  if (bodyLetters.length !== Math.ceil((keyBytes * 8) / 5)) return undefined
  const key = new Uint8Array(keyBytes)
  let bits = 0
  let value = 0
  let at = 0
  for (const letter of bodyLetters) {
    const digit = alphabet.indexOf(letter)
    if (digit < 0) return undefined
    value = (value << 5) | digit
    bits += 5
    if (bits >= 8 && at < keyBytes) {
      bits -= 8
      key[at++] = (value >>> bits) & 0xff
      value &= (1 << bits) - 1
    }
  }
  return (await checkOf(key)) === letters.slice(-checkLetters) ? key : undefined
}

function lettersOf(bytes: Uint8Array): string {
  let letters = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      letters += alphabet[(value >>> bits) & 31]
      value &= (1 << bits) - 1
    }
  }
  return bits === 0 ? letters : letters + alphabet[(value << (5 - bits)) & 31]
}

async function checkOf(key: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', key)
  return lettersOf(new Uint8Array(digest)).slice(0, checkLetters)
}

/** HKDF-SHA-256 makes one key for sealing and one value that identifies the key; neither reveals the other. */
export async function openRecovery(key: Uint8Array<ArrayBuffer>): Promise<Recovery> {
  const base = await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const derive = (info: string) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytesOf(info) })
  const check = await crypto.subtle.deriveBits(derive('octet recovery check'), base, 256)
  const aes = { name: 'AES-GCM', length: 256 }
  const sealing = await crypto.subtle.deriveKey(derive('octet recovery seal'), base, aes, false, ['encrypt', 'decrypt'])
  const place = (roomId: string, seq: number) => bytesOf(`${roomId} ${seq}`)
  return {
    check: new Uint8Array(check),
    async seal(roomId, seq, text) {
      const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
      const algorithm = { name: 'AES-GCM', iv, additionalData: place(roomId, seq) }
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, sealing, bytesOf(text)))
      const whole = new Uint8Array(nonceBytes + sealed.length)
      whole.set(iv)
      whole.set(sealed, nonceBytes)
      return whole
    },
    async open(roomId, seq, whole) {
      const iv = whole.slice(0, nonceBytes)
      const algorithm = { name: 'AES-GCM', iv, additionalData: place(roomId, seq) }
      return textOf(new Uint8Array(await crypto.subtle.decrypt(algorithm, sealing, whole.slice(nonceBytes))))
    },
  }
}
