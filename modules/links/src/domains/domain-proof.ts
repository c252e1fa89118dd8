import type { Domain } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'

const lookMs = 6_000
const fileBytesMax = 1_024

/**
 * Looks for the proof of a host in DNS, then in a file on it. We never serve that file ourselves: a host whose DNS
 * leads here proves nothing about who of our users it belongs to. `unknown`: DNS could not be asked, which may be our
 * own trouble.
 */
export async function findProof(
  { outbound }: Pick<LinksContext, 'outbound'>,
  proof: Domain['verification'],
): Promise<'found' | 'missing' | 'unknown'> {
  const records = await outbound.txt(proof.txtName, { timeoutMs: lookMs }).catch(() => undefined)
  if (records?.includes(proof.value)) return 'found'
  const request = { timeoutMs: lookMs, bodyBytesMax: fileBytesMax, truncate: true }
  const answer = await outbound.fetch(proof.fileUrl, request).catch(() => undefined)
  if (answer?.status === 200 && answer.body.toString().trim() === proof.value) return 'found'
  return records === undefined ? 'unknown' : 'missing'
}
