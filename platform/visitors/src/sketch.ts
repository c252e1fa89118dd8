/**
 * How many different visitors a set of hashes stands for: exact up to 256, beyond that HyperLogLog with 4,096 registers
 * (Flajolet, Fusy, Gandouet, Meunier 2007, with the linear counting of small ranges; standard error 1.04 / √4096 =
 * 1.6 %). Bytes begin with 1 for hashes of 8 bytes in a row, with 2 for one byte per register.
 */

const hashBytes = 8
const exactMax = 256
const registerBits = 12
const registers = 1 << registerBits
export const sketchErrorPercent = 1.6

/** `sketch` (nothing: the empty set) with the hashes, base64url of at least eight random-looking bytes each. */
export function addVisitors(sketch: Uint8Array | null, hashes: Iterable<string>): Buffer {
  const given = [...hashes].map(hash => Buffer.from(hash, 'base64url').subarray(0, hashBytes)).filter(isWhole)
  if (sketch === null || sketch[0] === 1) {
    const exact = new Map<string, Buffer>()
    const stored = Buffer.from(sketch ?? [])
    for (let at = 1; at + hashBytes <= stored.length; at += hashBytes) {
      const hash = stored.subarray(at, at + hashBytes)
      exact.set(hash.toString('latin1'), hash)
    }
    for (const hash of given) exact.set(hash.toString('latin1'), hash)
    if (exact.size <= exactMax) return Buffer.concat([Buffer.from([1]), ...exact.values()])
    const grown = Buffer.alloc(1 + registers)
    grown[0] = 2
    for (const hash of exact.values()) note(grown, hash)
    return grown
  }
  const grown = Buffer.from(sketch)
  for (const hash of given) note(grown, hash)
  return grown
}

function isWhole(hash: Buffer): boolean {
  return hash.length === hashBytes
}

/** The register named by the first bits keeps the most leading zeros seen in the rest, plus one. */
function note(sketch: Buffer, hash: Buffer): void {
  const head = hash.readUInt32BE(0)
  const register = head >>> (32 - registerBits)
  const rest = (head << registerBits) | (hash.readUInt32BE(4) >>> (32 - registerBits))
  const rank = Math.clz32(rest) + 1
  if (rank > (sketch[1 + register] as number)) sketch[1 + register] = rank
}

/** How many visitors the set stands for. */
export function countVisitors(sketch: Uint8Array): number {
  if (sketch[0] === 1) return (sketch.length - 1) / hashBytes
  let sum = 0
  let empty = 0
  for (let register = 1; register <= registers; register++) {
    const rank = sketch[register] ?? 0
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const estimate = ((0.7213 / (1 + 1.079 / registers)) * registers * registers) / sum
  if (estimate <= 2.5 * registers && empty > 0) return Math.round(registers * Math.log(registers / empty))
  return Math.round(estimate)
}
