/** The browser's session cookie: opaque, HttpOnly, for this host only. */
import { createHash, randomBytes } from 'node:crypto'
import { sessionCookieName } from '@octet/http'

const valueSizeBytes = 32
const valuePattern = /^[A-Za-z0-9_-]{43}$/

export interface SessionCookie {
  readonly name: string
  /** `Set-Cookie`. Without `maxAgeSeconds` the browser drops it when it closes. */
  set(value: string, maxAgeSeconds: number | undefined): string
  /** `Set-Cookie` that deletes the cookie. */
  clear(): string
}

/** Uses the configured origin, never the one of a request. */
export function createSessionCookie(origin: string): SessionCookie {
  const name = sessionCookieName(origin)
  const attributes = `Path=/; HttpOnly; SameSite=Lax${origin.startsWith('https://') ? '; Secure' : ''}`
  return {
    name,
    set: (value, maxAgeSeconds) => {
      const life = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
      return `${name}=${value}; ${attributes}${life}`
    },
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  }
}

/** A value of 256 random bits, and its stored hash. */
export function newCookieValue(): { readonly value: string; readonly hash: Buffer } {
  const value = randomBytes(valueSizeBytes).toString('base64url')
  return { value, hash: cookieHash(value) }
}

/** A plain hash suffices for values that cannot be guessed. */
export function cookieHash(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** Whether the value has the right form. Saves a database query for invalid ones. */
export function isCookieValue(value: string): boolean {
  return valuePattern.test(value)
}

/**
 * Names of the other cookies. Browsers refuse `__Host-` cookies from other hosts or plain connections (RFC 6265bis).
 */
function nameOf(origin: string, name: string): string {
  return origin.startsWith('https://') ? `__Host-${name}` : name
}

/** `Set-Cookie` for an HttpOnly cookie of this host. */
export function hostCookie(
  origin: string,
  { name, value, maxAgeSeconds }: { name: string; value: string; maxAgeSeconds: number },
): string {
  const secure = origin.startsWith('https://') ? '; Secure' : ''
  return `${nameOf(origin, name)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}; Max-Age=${maxAgeSeconds}`
}

/** Reads such a cookie from a request. */
export function cookieNamed(header: string | undefined, name: string, origin: string): string | undefined {
  return cookieValue(header, nameOf(origin, name))
}

/** The value of a cookie by its full name. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const part = header?.split(';').find(one => one.trim().startsWith(`${name}=`))
  return part?.trim().slice(name.length + 1)
}
