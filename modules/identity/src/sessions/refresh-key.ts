/** Signing key of a session's refresh tokens. Stored sealed, so a copy of the database cannot forge tokens. */
import { randomBytes } from 'node:crypto'
import type { Secrets } from '@octet/secrets'

const keySizeBytes = 32

/** Generates 32 random bytes. */
export function newRefreshKey(): Buffer {
  return randomBytes(keySizeBytes)
}

/** Seals a key for this session only. */
export function sealRefreshKey(secrets: Secrets, sessionId: string, key: Buffer): Buffer {
  return secrets.seal(key, `refresh key ${sessionId}`)
}

/** Opens a stored key. Sessions that began before sealing hold it in plain form. */
export function openRefreshKey(secrets: Secrets, sessionId: string, kept: Buffer): Buffer {
  return kept.length === keySizeBytes ? kept : secrets.open(kept, `refresh key ${sessionId}`)
}
