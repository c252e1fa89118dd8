import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4096)
let used = pool.length
let lastMs = 0
let sequence = 0

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, a 12-bit counter within the millisecond (method 1 of
 * section 6.2), and 62 random bits. Ids from one process sort in the order of their creation.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs += 1
    sequence = 0
  }
  if (used + 8 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const random = pool.readUInt32BE(used)
  const random2 = pool.readUInt32BE(used + 4)
  used += 8
  const variant = (0x8000 | (random >>> 18)).toString(16)
  const tail = ((random & 0xffff).toString(16).padStart(4, '0') + random2.toString(16).padStart(8, '0')).slice(0, 12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}-${tail}`
}
