/** How one process proves to another which module calls and for whom: an EdDSA token of a minute with one audience. */
import { commonProblem, type Principal } from '@octet/contracts'
import { type CryptoKey, jwtVerify, SignJWT } from 'jose'

export interface ServiceCaller {
  readonly caller: string
  readonly actor: Principal
}

export interface ServiceKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

/** The public key of another process; `undefined` for an unknown id. */
export type PublicKeyOf = (kid: string) => Promise<CryptoKey | undefined>

const issuer = 'octet'
const tokenType = 'oct-svc+jwt'
const lifeSeconds = 60
/** A token is used for half its life, so that it is never about to expire when it arrives. */
const reuseMs = 30_000
const cachedMax = 10_000

interface Remembered<T> {
  readonly value: T
  readonly untilMs: number
}

/** Signs tokens; one per caller, audience and actor serves all calls of half a minute (signing costs about 60 µs). */
export function createTokenSigner(key: ServiceKey): (audience: string, caller: ServiceCaller) => Promise<string> {
  const tokens = new Map<string, Remembered<Promise<string>>>()
  return (audience, { caller, actor }) => {
    const name = `${audience} ${caller} ${JSON.stringify(actor)}`
    const known = tokens.get(name)
    if (known !== undefined && known.untilMs > Date.now()) return known.value
    const token = new SignJWT({ act: caller, actor })
      .setProtectedHeader({ alg: 'EdDSA', typ: tokenType, kid: key.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${lifeSeconds}s`)
      .sign(key.privateKey)
    remember(tokens, name, { value: token, untilMs: Date.now() + reuseMs })
    return token
  }
}

/**
 * Checks tokens meant for `audience`; one that was good is good until it expires. Fixed algorithm, type, issuer and
 * audience, and keys only by id from our own table (RFC 8725). Throws `unauthenticated`.
 */
export function createTokenVerifier(
  publicKeyOf: PublicKeyOf,
): (audience: string, token: string) => Promise<ServiceCaller> {
  const verified = new Map<string, Remembered<ServiceCaller>>()
  return async (audience, token) => {
    const name = `${audience} ${token}`
    const known = verified.get(name)
    if (known !== undefined && known.untilMs > Date.now()) return known.value
    const { caller, untilMs } = await verify(audience, token, publicKeyOf)
    remember(verified, name, { value: caller, untilMs })
    return caller
  }
}

async function verify(audience: string, token: string, publicKeyOf: PublicKeyOf) {
  try {
    const { payload } = await jwtVerify(
      token,
      async header => {
        const key = header.kid === undefined ? undefined : await publicKeyOf(header.kid)
        if (key === undefined) throw new Error('unknown key')
        return key
      },
      { algorithms: ['EdDSA'], typ: tokenType, issuer, audience },
    )
    const caller = { caller: String(payload.act), actor: payload.actor as Principal }
    return { caller, untilMs: (payload.exp ?? 0) * 1000 }
  } catch (error) {
    throw commonProblem('unauthenticated', { detail: 'The service token is not good.', cause: error })
  }
}

function remember<T>(map: Map<string, Remembered<T>>, name: string, value: Remembered<T>): void {
  map.set(name, value)
  if (map.size > cachedMax) map.delete(map.keys().next().value as string)
}
