import type { SessionWatch } from '@octet/contracts'
import type { Revocations } from '../sessions/revocations.ts'
import type { Principals } from './principals.ts'

export interface SessionWatchParts {
  readonly principals: Principals
  readonly revocations: Revocations
  readonly now: () => number
}

/** What long-lived connections need to know about their credential. */
export function createSessionWatch({ principals, revocations, now }: SessionWatchParts): SessionWatch {
  return {
    expiresAtMs(credential) {
      const atMs = principals.expiresAtMs(credential)
      return atMs === undefined ? undefined : atMs - (revocations.nowMs() - now())
    },
    onRevoked: revocations.onRevoked,
    silentMs: revocations.silentMs,
    close: () => undefined,
  }
}
