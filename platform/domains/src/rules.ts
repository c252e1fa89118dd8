/** Decisions about the hosts that people bring. Pure. */
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

/** A host as DNS knows it (lower case, punycode, no dot at the end), or `undefined` unless it is a host name. */
export function normalHost(host: string): string | undefined {
  if (/[/\\?#@:\s]/.test(host)) return undefined
  const name = URL.parse(`http://${host}/`)?.hostname.replace(/\.$/, '') ?? ''
  const isName =
    name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(name)
  return isName && isIP(name) === 0 ? name : undefined
}

/** Names that the DNS of the internet does not answer for, or that any machine can answer for. */
const unprovable = /(^|\.)(localhost|local|internal|lan|home|corp|test|invalid|example|onion|arpa)$/

/** Whether a normal host may be claimed: a public name, neither the installation's own nor below it. */
export function mayBeClaimed(host: string, origin: string): boolean {
  const own = new URL(origin).hostname
  return !unprovable.test(host) && host !== own && !host.endsWith(`.${own}`)
}

/** What the proof of one claim says: 20 random bytes in hex. */
export function newProofToken(): string {
  return randomBytes(20).toString('hex')
}

export interface Proof {
  readonly txtName: string
  readonly fileUrl: string
  readonly value: string
}

/** Where the proof of a host is looked for, and what it must say. */
export function proofOf({ host, token }: { readonly host: string; readonly token: string }): Proof {
  return {
    txtName: `_octet.${host}`,
    fileUrl: `http://${host}/.well-known/octet-domain.txt`,
    value: `octet-domain=${token}`,
  }
}

/** Time to repair what was lost by mistake; also how long a host that was sold still serves its previous owner. */
const graceMs = 7 * 86_400_000

export type Recheck =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'found-again' }
  /** The grace period begins. */
  | { readonly outcome: 'missing'; readonly missingSince: string }
  /** The grace period is over: the account has lost the host. */
  | { readonly outcome: 'lost'; readonly missingSince: string }

/**
 * What follows for a verified host from looking for its proof. `unknown` changes nothing: DNS could not be asked, which
 * may be this installation's own trouble.
 */
export function judgeProof(missingSince: string | null, proof: 'found' | 'missing' | 'unknown', at: string): Recheck {
  if (proof === 'unknown') return { outcome: 'unchanged' }
  if (proof === 'found') return { outcome: missingSince === null ? 'unchanged' : 'found-again' }
  if (missingSince === null) return { outcome: 'missing', missingSince: at }
  const isLost = Date.parse(at) - Date.parse(missingSince) >= graceMs
  return isLost ? { outcome: 'lost', missingSince } : { outcome: 'unchanged' }
}
