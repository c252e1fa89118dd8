/** The Ed25519 keys that sign access tokens: made once per database, shared by all its processes. */
import type { identity } from '@octet/contracts'
import { type Db, newId } from '@octet/db'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { insertKey, type KeyRow, lockKeyCreation, readKeys } from './key-store.ts'

export const algorithm = 'EdDSA'
/** How long a retired key still verifies. Longer than an access token lives. */
const verifyMinutes = 60
/** An unknown key id makes us look at the table again, at most this often. */
const reloadMsMin = 10_000

export interface PublicJwk extends JWK {
  readonly kid: string
}

export interface SigningKeys {
  current(): { readonly kid: string; readonly key: CryptoKey }
  /** The public key of an id; looks for keys that other processes added. */
  find(kid: string): Promise<CryptoKey | undefined>
  /** For `/.well-known/jwks.json`. */
  published(): readonly PublicJwk[]
}

interface KeyRing {
  readonly current: { readonly kid: string; readonly key: CryptoKey }
  readonly verifying: ReadonlyMap<string, CryptoKey>
  readonly published: readonly PublicJwk[]
}

/** Reads the keys, making the first one where there is none. */
export async function openSigningKeys(db: Db<typeof identity>, now: () => number): Promise<SigningKeys> {
  let ring = await ringOf(await ensureKey(db))
  let loadedAtMs = now()
  let loading: Promise<void> | undefined

  const reload = async () => {
    try {
      ring = await ringOf(await readKeys(db, verifyMinutes))
    } finally {
      loadedAtMs = now()
      loading = undefined
    }
  }

  return {
    current: () => ring.current,
    published: () => ring.published,
    async find(kid) {
      const known = ring.verifying.get(kid)
      if (known !== undefined) return known
      if (loading === undefined && Math.abs(now() - loadedAtMs) < reloadMsMin) return undefined
      loading ??= reload()
      await loading
      return ring.verifying.get(kid)
    },
  }
}

async function ensureKey(db: Db<typeof identity>): Promise<readonly KeyRow[]> {
  const known = await readKeys(db, verifyMinutes)
  if (known.some(({ signs }) => signs)) return known
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true })
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)])
  await db.transaction('identity.createSigningKey', async tx => {
    await lockKeyCreation(tx)
    const meanwhile = await readKeys(tx, verifyMinutes)
    if (!meanwhile.some(({ signs }) => signs)) await insertKey(tx, { kid: newId(), publicJwk, privateJwk })
  })
  return readKeys(db, verifyMinutes)
}

async function ringOf(rows: readonly KeyRow[]): Promise<KeyRing> {
  const newest = rows.find(({ signs }) => signs)
  if (newest === undefined) throw new Error('identity has no signing key in use')
  const verifying = new Map<string, CryptoKey>()
  for (const { kid, public_jwk } of rows) verifying.set(kid, await cryptoKey(public_jwk))
  return {
    current: { kid: newest.kid, key: await cryptoKey(newest.private_jwk) },
    verifying,
    published: rows.map(({ kid, public_jwk }) => ({ ...public_jwk, kid, alg: algorithm, use: 'sig' })),
  }
}

async function cryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('a signing key is not an Ed25519 key')
  return key
}
