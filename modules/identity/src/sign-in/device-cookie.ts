/**
 * A browser that signed in to an account before is known again for 90 days. That opens nothing: its attempts at the
 * password are merely counted apart, so that strangers who guess cannot keep the owner waiting (ASVS 6.1.1).
 */
import { randomBytes } from 'node:crypto'
import type { IdentityContext } from '../context.ts'
import { cookieNamed, hostCookie } from '../sessions/cookie.ts'

const lifeSeconds = 90 * 24 * 60 * 60
const nonceSizeBytes = 16
const purpose = 'trusted device'
const lengthMax = 400

export interface TrustedDevice {
  /** Its own; what is guessed with a stolen cookie is counted under it. */
  readonly id: string
  readonly userId: string
}

type Needs = Pick<IdentityContext, 'secrets' | 'clockMs' | 'origin'>

/** `Set-Cookie` for a browser that has just signed in. Sealed: nobody else makes one, or reads whose it is. */
export function trustDevice({ secrets, clockMs, origin }: Needs, userId: string): string {
  const id = randomBytes(nonceSizeBytes).toString('base64url')
  const sealed = secrets.seal(JSON.stringify([id, userId, clockMs() + lifeSeconds * 1000]), purpose)
  return hostCookie(origin, { name: 'oct-device', value: sealed.toString('base64url'), maxAgeSeconds: lifeSeconds })
}

/** The device a request comes from; `undefined` for one without a cookie of ours, or with one past its time. */
export function deviceOf({ secrets, clockMs, origin }: Needs, cookies: string | undefined): TrustedDevice | undefined {
  const value = cookieNamed(cookies, 'oct-device', origin)
  if (value === undefined || value.length > lengthMax) return undefined
  try {
    const opened = secrets.open(Buffer.from(value, 'base64url'), purpose).toString()
    const [id, userId, untilMs] = JSON.parse(opened) as [string, string, number]
    return untilMs > clockMs() ? { id, userId } : undefined
  } catch {
    return undefined // made up, or sealed with a key of before
  }
}
