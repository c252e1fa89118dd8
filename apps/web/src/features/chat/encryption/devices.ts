/** The devices that can read a room, each with a fingerprint that people can compare. */
import type { Parts } from './parts.ts'

export interface RoomDevice {
  readonly userId: string
  readonly identity: string
  /** A hash of its key, in groups of four. */
  readonly code: string
  readonly isThis: boolean
}

const codeBytes = 16

async function codeOf(publicKey: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(publicKey)))
  const hex = [...digest.subarray(0, codeBytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.match(/.{4}/g)?.join(' ') ?? ''
}

export async function devicesOf(parts: () => Promise<Parts>, roomId: string): Promise<readonly RoomDevice[]> {
  const { encryption, device } = await parts()
  const found = await encryption.fingerprints(roomId)
  return Promise.all(
    found.map(async ({ userId, identity, publicKey }) => {
      return { userId, identity, code: await codeOf(publicKey), isThis: identity === device.identity }
    }),
  )
}
