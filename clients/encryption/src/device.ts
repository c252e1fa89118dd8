/** This device among a person's devices: its name in groups, and the key it signs with. */
import { type CiphersuiteImpl, getCiphersuiteFromName, getCiphersuiteImpl } from 'ts-mls'
import { base64Of, bytesOf, fromBase64, textOf } from './bytes.ts'
import type { SecretStore } from './store.ts'

/** X25519, AES-128-GCM, SHA-256, Ed25519: the suite every MLS client must have (RFC 9420, 17.1). */
const suiteName = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'

export interface Device {
  readonly suite: CiphersuiteImpl
  readonly userId: string
  /** `<user id>:<random>`: the owner of the device, in every group. */
  readonly identity: string
  readonly signKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** The device from the store, or a new one. */
export function createDevice(store: SecretStore, userId: string): Promise<Device> {
  const key = `device ${userId}`
  return store.exclusive(key, async () => {
    const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName))
    const kept = await store.get(key)
    if (kept !== undefined) {
      const { identity, signKey, publicKey } = JSON.parse(textOf(kept)) as Record<
        'identity' | 'signKey' | 'publicKey',
        string
      >
      return { suite, userId, identity, signKey: fromBase64(signKey), publicKey: fromBase64(publicKey) }
    }
    const { signKey, publicKey } = await suite.signature.keygen()
    const identity = `${userId}:${base64Of(crypto.getRandomValues(new Uint8Array(12)))}`
    const text = JSON.stringify({ identity, signKey: base64Of(signKey), publicKey: base64Of(publicKey) })
    await store.put(new Map([[key, bytesOf(text)]]))
    return { suite, userId, identity, signKey, publicKey }
  })
}

/** The user id in a device's identity. */
export function userOf(identity: string): string {
  return identity.slice(0, identity.indexOf(':'))
}
