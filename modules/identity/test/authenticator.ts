/** A passkey device in software: what a browser and an authenticator make of our options (WebAuthn level 3). */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import type { PasskeyAssertion } from '@octet/contracts/identity'

export interface SoftwarePasskey {
  readonly credentialId: string
  readonly privateKey: KeyObject
  readonly algorithm: 'ES256' | 'EdDSA'
  /** Uses so far; 0 for ever on synchronised keys. Assign to play a copy. */
  counter: number
  userHandle: string
}

/** How the browser or the device behaves. */
export interface Behaviour {
  readonly origin?: string
  readonly rpId?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly type?: string
  readonly challenge?: string
  readonly credentialId?: string
}

type Options = Record<string, unknown>

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

/** Makes a key for `navigator.credentials.create()` options, and the answer to send. */
export function create(options: Options, algorithm: SoftwarePasskey['algorithm'] = 'ES256', behaviour: Behaviour = {}) {
  const { publicKey, privateKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const id = behaviour.credentialId === undefined ? randomBytes(16) : Buffer.from(behaviour.credentialId, 'base64url')
  const { id: userHandle } = options.user as { id: string }
  const passkey: SoftwarePasskey = { credentialId: base64url(id), privateKey, algorithm, counter: 0, userHandle }
  const size = Buffer.alloc(2)
  size.writeUInt16BE(id.length)
  const attested = Buffer.concat([Buffer.alloc(16), size, id, coseKey(publicKey, algorithm)])
  const { rp } = options as { rp: { id: string } }
  const authData = Buffer.concat([dataOf(behaviour.rpId ?? rp.id, passkey, behaviour, 0x40), attested])
  const attestation = new Map<string, unknown>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', new Uint8Array(authData)],
  ])
  const answer = {
    id: passkey.credentialId,
    rawId: passkey.credentialId,
    type: 'public-key' as const,
    clientExtensionResults: {},
    response: {
      clientDataJSON: clientData({ type: 'webauthn.create', ...behaviour }, options),
      attestationObject: base64url(encodeCBOR(attestation as never)),
      transports: ['internal', 'hybrid'],
    },
  }
  return { passkey, answer }
}

/** Signs for `navigator.credentials.get()` options. */
export function get(passkey: SoftwarePasskey, options: Options, behaviour: Behaviour = {}): PasskeyAssertion {
  const clientDataJSON = clientData({ type: 'webauthn.get', ...behaviour }, options)
  const authenticatorData = dataOf(behaviour.rpId ?? String(options.rpId), passkey, behaviour, 0)
  const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
  const signed = Buffer.concat([authenticatorData, hash])
  const signature = sign(passkey.algorithm === 'ES256' ? 'sha256' : null, signed, passkey.privateKey)
  return {
    id: passkey.credentialId,
    rawId: passkey.credentialId,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON,
      authenticatorData: base64url(authenticatorData),
      signature: base64url(signature),
      userHandle: passkey.userHandle,
    },
  } as PasskeyAssertion
}

function clientData(behaviour: Behaviour, options: Options): string {
  const { type, origin = 'http://localhost:3000', challenge = String(options.challenge) } = behaviour
  return base64url(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })))
}

function dataOf(rpId: string, { counter }: SoftwarePasskey, behaviour: Behaviour, flags: number): Buffer {
  const { userPresent = true, userVerified = true } = behaviour
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const all = flags | (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(all), count])
}

/** RFC 9053: the public key as COSE. */
function coseKey(key: KeyObject, algorithm: SoftwarePasskey['algorithm']): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const parts: [number, unknown][] =
    algorithm === 'ES256'
      ? [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]
      : [
          [1, 1],
          [3, -8],
          [-1, 6],
          [-2, bytes(x)],
        ]
  return Buffer.from(encodeCBOR(new Map(parts) as never))
}
