/** Challenges, relying party and views of passkeys. */
import { createHash, randomBytes } from 'node:crypto'
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { problem } from '../problem.ts'
import type { PasskeyRow } from './store.ts'

export type PasskeyView = Output<typeof identity, 'renamePasskey'>

export const challengeSeconds = 5 * 60
const challengeSizeBytes = 32
/** EdDSA, ES256, RS256 (COSE): the algorithms of current authenticators. */
export const algorithms = [-8, -7, -257]

/**
 * The host that passkeys are bound to: the configured public host, never one from a request. Browsers require a host
 * name instead of an address, and https except on localhost. `undefined` where passkeys cannot work.
 */
export function relyingPartyOf(origin: string): string | undefined {
  const { hostname, protocol } = new URL(origin)
  const isNumber = /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
  if (isNumber || (protocol !== 'https:' && hostname !== 'localhost')) return undefined
  return hostname
}

/** The relying party, or the problem `passkeys-impossible`. */
export function requireRelyingParty(origin: string): string {
  const name = relyingPartyOf(origin)
  if (name === undefined) throw problem('passkeys-impossible')
  return name
}

/** A challenge of 256 random bits in base64url. */
export function newChallenge(): string {
  return randomBytes(challengeSizeBytes).toString('base64url')
}

/** Stored form of a challenge. */
export function passkeyChallengeHash(challenge: string): Buffer {
  return createHash('sha256').update(challenge).digest()
}

/** The challenge named by an answer, not verified yet; `undefined` for malformed data. */
export function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown }
    return typeof challenge === 'string' && challenge.length <= 100 ? challenge : undefined
  } catch {
    return undefined
  }
}

/** A passkey as shown to its owner. */
export function passkeyViewOf(row: PasskeyRow): PasskeyView {
  return {
    id: row.id,
    name: row.name,
    guardsPassword: row.guards_password,
    backedUp: row.is_backed_up,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
