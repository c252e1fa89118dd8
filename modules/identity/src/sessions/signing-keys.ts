/**
 * The Ed25519 keys that sign access tokens: created once per database, shared by all processes, replaced every month.
 * The next key is published a day before it signs, so every verifier has it by then.
 */
import type { identity } from '@octet/contracts/identity'
import { type Db, newId } from '@octet/db'
import type { Log } from '@octet/observe'
import type { Secrets } from '@octet/secrets'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { insertKey, type KeyRow, lockKeyCreation, type NewKey, readKeys, retireKeys, sealKey } from './key-store.ts'

export const algorithm = 'EdDSA'
/** How long a retired key still verifies. Longer than an access token lives. */
const verifyMinutes = 60
/** An unknown key id reloads the table, at most this often. */
const reloadMsMin = 10_000
/** Regular reload: the next key starts to sign, old ones are retired. */
const reloadMs = 60_000
const signsHours = 30 * 24
const publishedAheadHours = 24
/** How long the previous key may still sign: processes reload at different times. */
const overlapHours = 1

export interface PublicJwk extends JWK {
  readonly kid: string
}

export interface SigningKeys {
  current(): { readonly kid: string; readonly key: CryptoKey }
  /** The public key of an id. Looks for keys that other processes added. */
  find(kid: string): Promise<CryptoKey | undefined>
  /** For `/.well-known/jwks.json`. */
  published(): readonly PublicJwk[]
  /** Reloads the table now. */
  reload(): Promise<void>
  start(): void
  stop(): void
}

interface KeyRing {
  readonly current: { readonly kid: string; readonly key: CryptoKey }
  readonly verifying: ReadonlyMap<string, CryptoKey>
  readonly published: readonly PublicJwk[]
}

export interface SigningKeyOptions {
  readonly db: Db<typeof identity>
  readonly secrets: Secrets
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

/** Reads the keys. Creates the first one, and seals keys stored in plain form. */
export async function openSigningKeys({ db, secrets, now, log }: SigningKeyOptions): Promise<SigningKeys> {
  await ensureKey(db, secrets)
  let ring = await readRing(db, secrets)
  let loadedAtMs = now()
  let loading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const load = async () => {
    try {
      ring = await readRing(db, secrets)
    } finally {
      loadedAtMs = now()
      loading = undefined
    }
  }
  const reload = () => {
    loading ??= load()
    return loading
  }

  return {
    current: () => ring.current,
    published: () => ring.published,
    reload,
    async find(kid) {
      const known = ring.verifying.get(kid)
      if (known !== undefined) return known
      if (loading === undefined && Math.abs(now() - loadedAtMs) < reloadMsMin) return undefined
      await reload()
      return ring.verifying.get(kid)
    },
    start() {
      timer ??= setInterval(() => {
        reload().catch(error => log.warn({ err: error }, 'signing keys could not be read; the known keys stay in use'))
      }, reloadMs)
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}

/** Result of {@link rotateKeys}. */
export interface Rotation {
  readonly made: boolean
  readonly retired: number
}

/**
 * Creates the next key a day before the newest one ends, and retires keys that were replaced an hour ago. Any process
 * may run it, any number of times.
 */
export async function rotateKeys(db: Db<typeof identity>, secrets: Secrets): Promise<Rotation> {
  const key = await newKey(secrets)
  return db.transaction('identity.rotateKeys', async tx => {
    await lockKeyCreation(tx)
    const [newest] = await readKeys(tx, verifyMinutes)
    const made = newest !== undefined && newest.age_hours >= signsHours - publishedAheadHours
    if (made) await insertKey(tx, key, publishedAheadHours)
    return { made, retired: await retireKeys(tx, overlapHours) }
  })
}

async function ensureKey(db: Db<typeof identity>, secrets: Secrets): Promise<void> {
  const known = await readKeys(db, verifyMinutes)
  if (known.some(({ signs }) => signs)) return
  const key = await newKey(secrets)
  await db.transaction('identity.createSigningKey', async tx => {
    await lockKeyCreation(tx)
    const meanwhile = await readKeys(tx, verifyMinutes)
    if (!meanwhile.some(({ signs }) => signs)) await insertKey(tx, key, 0)
  })
}

async function newKey(secrets: Secrets): Promise<NewKey> {
  const kid = newId()
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true })
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)])
  return { kid, publicJwk, privateSealed: secrets.seal(JSON.stringify(privateJwk), purposeOf(kid)) }
}

function purposeOf(kid: string): string {
  return `identity signing key ${kid}`
}

async function readRing(db: Db<typeof identity>, secrets: Secrets): Promise<KeyRing> {
  const rows = await readKeys(db, verifyMinutes)
  const newest = rows.find(({ signs }) => signs)
  if (newest === undefined) throw new Error('identity has no signing key in use')
  const verifying = new Map<string, CryptoKey>()
  for (const { kid, public_jwk } of rows) verifying.set(kid, await cryptoKey(public_jwk))
  return {
    current: { kid: newest.kid, key: await cryptoKey(await openPrivateKey(db, secrets, newest)) },
    verifying,
    published: rows.map(({ kid, public_jwk }) => ({ ...public_jwk, kid, alg: algorithm, use: 'sig' })),
  }
}

/** Opens a private key, sealing one that is stored in plain form. */
async function openPrivateKey(db: Db<typeof identity>, secrets: Secrets, row: KeyRow): Promise<JWK> {
  if (row.private_sealed !== null) return JSON.parse(secrets.open(row.private_sealed, purposeOf(row.kid)).toString())
  if (row.private_jwk === null) throw new Error(`signing key ${row.kid} has no private part`)
  await sealKey(db, row.kid, secrets.seal(JSON.stringify(row.private_jwk), purposeOf(row.kid)))
  return row.private_jwk
}

async function cryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('a signing key is not an Ed25519 key')
  return key
}
