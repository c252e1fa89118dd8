/** Each process makes a key pair when it starts and shows the public half to the others in the database they share. */
import type { Db } from '@octet/db'
import { createTokenSigner, createTokenVerifier } from '@octet/kernel'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose'
import * as store from './store.ts'

const renewEveryMs = 60 * 60_000
const knownMax = 1_000

export interface ServiceKeys {
  readonly sign: ReturnType<typeof createTokenSigner>
  readonly verify: ReturnType<typeof createTokenVerifier>
  stop(): void
}

/** Publishes a fresh key and keeps it alive. The private half never leaves this process. */
export async function openServiceKeys(db: Db, kid: string): Promise<ServiceKeys> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519')
  const jwk = await exportJWK(publicKey)
  const publish = () => store.publishKey(db, kid, jwk)
  await store.forgetExpiredKeys(db)
  await publish()
  // A failed renewal is made up for by the next: the key lives for many of them.
  const renewal = setInterval(() => publish().catch(() => undefined), renewEveryMs)
  renewal.unref()
  const known = new Map<string, CryptoKey>()
  return {
    sign: createTokenSigner({ kid, privateKey }),
    verify: createTokenVerifier(async wanted => {
      const key = known.get(wanted) ?? (await findKey(db, wanted))
      if (key !== undefined && known.size < knownMax) known.set(wanted, key)
      return key
    }),
    stop: () => clearInterval(renewal),
  }
}

async function findKey(db: Db, kid: string): Promise<CryptoKey | undefined> {
  const jwk = await store.findKey(db, kid)
  return jwk === undefined ? undefined : ((await importJWK(jwk, 'Ed25519')) as CryptoKey)
}
