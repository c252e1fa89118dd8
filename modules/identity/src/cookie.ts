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
