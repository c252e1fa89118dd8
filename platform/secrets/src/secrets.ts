/**
 * Secrets at rest. A value that a module must read again (a TOTP secret, a webhook's key) is stored sealed with a key
 * outside the database, so that a copy of the database alone reveals nothing.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

export interface Secrets {
  /**
   * Encrypts and authenticates. `purpose` names the value and its owner (`totp <user id>`): a value copied to another
   * row or column does not open there.
   */
  seal(plain: string | Uint8Array, purpose: string): Buffer
  /** Opens a value sealed for the same purpose. Throws when it was changed, moved, or sealed with an unknown key. */
  open(sealed: Uint8Array, purpose: string): Buffer
}

const version = 1
const keyBytes = 32
const keyIdBytes = 8
const nonceBytes = 12
const tagBytes = 16
const headerBytes = 1 + keyIdBytes + nonceBytes

/** 32 random bytes. */
export function newSecretKey(): Buffer {
  return randomBytes(keyBytes)
}

/**
 * AES-256-GCM with a random nonce: version (1 byte), key id (8), nonce (12), ciphertext, tag (16). The first key seals;
 * every key opens what it sealed, so a new key can be put in front of an old one.
 */
export function createSecrets(keys: readonly Uint8Array[]): Secrets {
  const known = new Map(keys.map(key => [keyId(key), key]))
  const [first] = keys
  if (first === undefined) throw new Error('secrets need a key')
  const header = Buffer.from([version, ...Buffer.from(keyId(first), 'hex')])
  return {
    seal(plain, purpose) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', first, nonce).setAAD(Buffer.from(purpose))
      const text = [cipher.update(plain as Uint8Array), cipher.final()]
      return Buffer.concat([header, nonce, ...text, cipher.getAuthTag()])
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < headerBytes + tagBytes || bytes[0] !== version) throw new Error(`not a sealed ${purpose}`)
      const id = bytes.toString('hex', 1, 1 + keyIdBytes)
      const key = known.get(id)
      if (key === undefined) {
        throw new Error(`${purpose} was sealed with key ${id}, which this process does not have: OCTET_SECRET_KEY_FILE`)
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1 + keyIdBytes, headerBytes))
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(headerBytes, -tagBytes)), decipher.final()])
      } catch (error) {
        throw new Error(`${purpose} was changed after it was sealed, or sealed for something else`, { cause: error })
      }
    },
  }
}

/** Identifies a key without revealing it. */
function keyId(key: Uint8Array): string {
  if (key.length !== keyBytes) throw new Error(`a secret key has ${keyBytes} bytes, not ${key.length}`)
  return createHash('sha256')
    .update('octet key id')
    .update(key)
    .digest('hex')
    .slice(0, keyIdBytes * 2)
}
