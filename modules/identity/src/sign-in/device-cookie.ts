/**
 * Recognises a browser that signed in to an account within the last 90 days. This grants no access: its password
 * attempts are only counted separately, so guessing strangers cannot delay the owner (ASVS 6.1.1).
 */
import { randomBytes } from 'node:crypto'
import type { IdentityContext } from '../context.ts'
import { cookieNamed, hostCookie } from '../sessions/cookie.ts'

const lifeSeconds = 90 * 24 * 60 * 60
const nonceSizeBytes = 16
const purpose = 'trusted device'
const lengthMax = 400

export interface TrustedDevice {
  /** Its own id. Guesses with a stolen cookie are counted under it. */
  readonly id: string
  readonly userId: string
}

type Needs = Pick<IdentityContext, 'secrets' | 'clockMs' | 'origin'>

/** `Set-Cookie` for a browser that has just signed in. Sealed, so it can be neither forged nor read. */
export function trustDevice({ secrets, clockMs, origin }: Needs, userId: string): string {
  const id = randomBytes(nonceSizeBytes).toString('base64url')
  const sealed = secrets.seal(JSON.stringify([id, userId, clockMs() + lifeSeconds * 1000]), purpose)
  return hostCookie(origin, { name: 'oct-device', value: sealed.toString('base64url'), maxAgeSeconds: lifeSeconds })
}

/** The trusted device of a request; `undefined` without a valid, unexpired cookie. */
export function deviceOf({ secrets, clockMs, origin }: Needs, cookies: string | undefined): TrustedDevice | undefined {
  const value = cookieNamed(cookies, 'oct-device', origin)
  if (value === undefined || value.length > lengthMax) return undefined
  try {
    const opened = secrets.open(Buffer.from(value, 'base64url'), purpose).toString()
    const [id, userId, untilMs] = JSON.parse(opened) as [string, string, number]
    return untilMs > clockMs() ? { id, userId } : undefined
  } catch {
    return undefined // forged, or sealed with an earlier key
  }
}
