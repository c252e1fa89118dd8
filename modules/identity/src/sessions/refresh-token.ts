/**
 * Binary format of refresh tokens: version, session id, counter, signature, checksum. One counter and one key per
 * session suffice to tell every issued token from a forged one.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const version = 1
const idSizeBytes = 16
const macSizeBytes = 16
const checksumSizeBytes = 4
/** 53 bits in groups of seven: the largest counter. */
const counterSizeBytesMax = 8

export interface RefreshToken {
  readonly sessionId: string
  readonly counter: number
}

export interface ParsedRefreshToken extends RefreshToken {
  readonly signed: Buffer
  readonly mac: Buffer
}

/**
 * base64url of `0x01 ‖ session id ‖ uvarint(counter) ‖ HMAC-SHA-256(key, all before)[0..16] ‖
 * SHA-256(all before)[0..4]`.
 */
export function formatRefreshToken({ sessionId, counter }: RefreshToken, key: Buffer): string {
  const id = Buffer.from(sessionId.replaceAll('-', ''), 'hex')
  const signed = Buffer.concat([Buffer.of(version), id, uvarint(counter)])
  const body = Buffer.concat([signed, macOf(signed, key)])
  return Buffer.concat([body, checksumOf(body)]).toString('base64url')
}

/**
 * Parses a token without verifying it; `undefined` for malformed tokens, without a database query. {@link isAuthentic}
 * verifies it.
 */
export function parseRefreshToken(token: string): ParsedRefreshToken | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.toString('base64url') !== token) return undefined // each token has exactly one spelling
  const signedSizeBytes = bytes.length - macSizeBytes - checksumSizeBytes
  if (bytes[0] !== version || signedSizeBytes <= 1 + idSizeBytes) return undefined
  if (signedSizeBytes > 1 + idSizeBytes + counterSizeBytesMax) return undefined
  const body = bytes.subarray(0, -checksumSizeBytes)
  if (!checksumOf(body).equals(bytes.subarray(-checksumSizeBytes))) return undefined
  const counter = readUvarint(bytes.subarray(1 + idSizeBytes, signedSizeBytes))
  if (counter === undefined) return undefined
  const hex = bytes.toString('hex', 1, 1 + idSizeBytes)
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { sessionId, counter, signed: bytes.subarray(0, signedSizeBytes), mac: body.subarray(signedSizeBytes) }
}

/** Whether the session's key signed the token. Compares in constant time. */
export function isAuthentic({ signed, mac }: ParsedRefreshToken, key: Buffer): boolean {
  return timingSafeEqual(macOf(signed, key), mac)
}

function macOf(signed: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(signed).digest().subarray(0, macSizeBytes)
}

function checksumOf(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumSizeBytes)
}

/** Little-endian groups of seven bits, high bit set on all but the last (Protocol Buffers varint). */
function uvarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

function readUvarint(bytes: Buffer): number | undefined {
  let value = 0
  for (const [index, byte] of bytes.entries()) {
    const isLast = index === bytes.length - 1
    if (byte >= 0x80 === isLast) return undefined
    value += (byte & 0x7f) * 0x80 ** index
  }
  const isShortest = bytes.length === 1 || bytes.at(-1) !== 0
  return isShortest && Number.isSafeInteger(value) ? value : undefined
}
