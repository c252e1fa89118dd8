import type { Outbound } from '@octet/outbound'
import type { Proof } from './rules.ts'

const timeoutMs = 6_000
const fileBytesMax = 1_024

/**
 * Looks for the proof of a host in DNS, then in a file on it. Octet never serves that file itself: a host whose DNS
 * leads here proves nothing about which account it belongs to. `unknown`: DNS could not be asked.
 */
export async function findProof(outbound: Outbound, proof: Proof): Promise<'found' | 'missing' | 'unknown'> {
  const records = await outbound.txt(proof.txtName, { timeoutMs }).catch(() => undefined)
  if (records?.includes(proof.value)) return 'found'
  const request = { timeoutMs, bodyBytesMax: fileBytesMax, truncate: true }
  const answer = await outbound.fetch(proof.fileUrl, request).catch(() => undefined)
  if (answer?.status === 200 && answer.body.toString().trim() === proof.value) return 'found'
  return records === undefined ? 'unknown' : 'missing'
}
