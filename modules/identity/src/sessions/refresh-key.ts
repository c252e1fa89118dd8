/** The key a session's refresh tokens are signed with: kept sealed, so that a copy of the database makes no tokens. */
import { randomBytes } from 'node:crypto'
import type { Secrets } from '@octet/secrets'

const keySizeBytes = 32

/** 32 random bytes. */
export function newRefreshKey(): Buffer {
  return randomBytes(keySizeBytes)
}

/** The form in which a session's key is kept; it opens for that session only. */
export function sealRefreshKey(secrets: Secrets, sessionId: string, key: Buffer): Buffer {
  return secrets.seal(key, `refresh key ${sessionId}`)
}

/** The key as kept, or as sessions that began before it was sealed have it. */
export function openRefreshKey(secrets: Secrets, sessionId: string, kept: Buffer): Buffer {
  return kept.length === keySizeBytes ? kept : secrets.open(kept, `refresh key ${sessionId}`)
}
