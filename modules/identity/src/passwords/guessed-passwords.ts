/** The most common passwords, shipped with the module: no network request is needed. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const entrySizeBytes = 6
/** Sorted prefixes of SHA-256; see data/PROVENANCE.md. 108 KB. */
const entries = readFileSync(new URL('../../data/guessed-passwords.bin', import.meta.url))

/** Whether the password, ignoring case, is among the most common ones with eight or more characters. */
export function isGuessedFirst(password: string): boolean {
  const digest = createHash('sha256').update(password.toLowerCase()).digest()
  let low = 0
  let high = entries.length / entrySizeBytes
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = middle * entrySizeBytes
    const order = entries.compare(digest, 0, entrySizeBytes, at, at + entrySizeBytes)
    if (order === 0) return true
    if (order < 0) low = middle + 1
    else high = middle
  }
  return false
}
