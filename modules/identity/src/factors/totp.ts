/** Codes of authenticator apps. RFC 6238 with the parameters that every app supports: SHA-1, six digits, 30 seconds. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const secretSizeBytes = 20
const stepSeconds = 30
const digits = 6
/** Codes of the previous and the next step are accepted: clocks differ, and typing takes time. */
const windowSteps = 1
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 without padding, as apps expect. */
export function base32(bytes: Uint8Array): string {
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += base32Alphabet[(held >>> (bits - 5)) & 31]
    held &= 0xff
  }
  return bits === 0 ? text : text + base32Alphabet[(held << (5 - bits)) & 31]
}

/** RFC 4226: the code of a step. */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits
  return String(number).padStart(digits, '0')
}

/**
 * The step of this code, or `undefined`. All candidates are always compared. If two match, the older step is returned
 * and the newer one stays valid.
 */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const typed = Buffer.from(code.replaceAll(' ', ''))
  const now = Math.floor(nowMs / 1000 / stepSeconds)
  let found: number | undefined
  for (let step = now + windowSteps; step >= Math.max(0, now - windowSteps); step--) {
    const wanted = Buffer.from(codeOf(secret, step))
    if (typed.length === wanted.length && timingSafeEqual(typed, wanted)) found = step
  }
  return found
}

/** Content of the QR code (Google Authenticator's key URI format). */
export function otpauthUri({
  secret,
  issuer,
  account,
}: {
  secret: Uint8Array
  issuer: string
  account: string
}): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`
}
