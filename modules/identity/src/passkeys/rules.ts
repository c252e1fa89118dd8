/** What passkeys sign, for whom, and how they are shown. */
import { createHash, randomBytes } from 'node:crypto'
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { problem } from '../problem.ts'
import type { PasskeyRow } from './store.ts'

export type PasskeyView = Output<typeof identity, 'renamePasskey'>

export const challengeSeconds = 5 * 60
const challengeSizeBytes = 32
/** EdDSA, ES256, RS256 (COSE): what authenticators in use can do. */
export const algorithms = [-8, -7, -257]

/**
 * The name passkeys are bound to: the host people reach this installation at, never one that a request names. Browsers
 * want a name and not a number, and https except on localhost. `undefined` where passkeys cannot work.
 */
export function relyingPartyOf(origin: string): string | undefined {
  const { hostname, protocol } = new URL(origin)
  const isNumber = /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
  if (isNumber || (protocol !== 'https:' && hostname !== 'localhost')) return undefined
  return hostname
}

/** The same, or the problem `passkeys-impossible`. */
export function requireRelyingParty(origin: string): string {
  const name = relyingPartyOf(origin)
  if (name === undefined) throw problem('passkeys-impossible')
  return name
}

/** 256 random bits, base64url. */
export function newChallenge(): string {
  return randomBytes(challengeSizeBytes).toString('base64url')
}

/** As it is kept. */
export function passkeyChallengeHash(challenge: string): Buffer {
  return createHash('sha256').update(challenge).digest()
}

/** The challenge an answer says it is to; `undefined` when it is no answer at all. Nothing is believed yet. */
export function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown }
    return typeof challenge === 'string' && challenge.length <= 100 ? challenge : undefined
  } catch {
    return undefined
  }
}

/** A passkey as its owner sees it. */
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
