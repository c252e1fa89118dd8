/** The browser's session cookie: opaque, out of reach of scripts, sent to this host only. */
import { createHash, randomBytes } from 'node:crypto'
import { sessionCookieName } from '@octet/http'

const valueSizeBytes = 32
const valuePattern = /^[A-Za-z0-9_-]{43}$/

export interface SessionCookie {
  readonly name: string
  /** `Set-Cookie`. Without `maxAgeSeconds` the browser forgets it when it closes. */
  set(value: string, maxAgeSeconds: number | undefined): string
  /** `Set-Cookie` that takes it away. */
  clear(): string
}

/** Origin is what the installation is configured to be reached at, never what a request claims. */
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

/** 256 random bits, and the hash of them that is kept. */
export function newCookieValue(): { readonly value: string; readonly hash: Buffer } {
  const value = randomBytes(valueSizeBytes).toString('base64url')
  return { value, hash: cookieHash(value) }
}

/** A plain hash is enough for a value nobody can guess. */
export function cookieHash(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** Whether it can be one of ours at all; saves the database rubbish. */
export function isCookieValue(value: string): boolean {
  return valuePattern.test(value)
}

/** Names of our other cookies: browsers let no other host or plain connection set those of https (RFC 6265bis). */
function nameOf(origin: string, name: string): string {
  return origin.startsWith('https://') ? `__Host-${name}` : name
}

/** `Set-Cookie` of a cookie for this host alone, out of reach of scripts. */
export function hostCookie(
  origin: string,
  { name, value, maxAgeSeconds }: { name: string; value: string; maxAgeSeconds: number },
): string {
  const secure = origin.startsWith('https://') ? '; Secure' : ''
  return `${nameOf(origin, name)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}; Max-Age=${maxAgeSeconds}`
}

/** What a request says of such a cookie. */
export function cookieNamed(header: string | undefined, name: string, origin: string): string | undefined {
  return cookieValue(header, nameOf(origin, name))
}

/** The value of a cookie by its whole name. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const part = header?.split(';').find(one => one.trim().startsWith(`${name}=`))
  return part?.trim().slice(name.length + 1)
}
