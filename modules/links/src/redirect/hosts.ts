/** What stands where on the hosts that people bring. Pure. */
import type { ShortDomain } from '../domains/store.ts'

/** On a verified host codes stand at the root: `/code` is `/s/code`, and `/` is the landing page its owner chose. */
export function pathOnDomain(url: string, domain: ShortDomain | null): string | undefined {
  if (domain === null) return undefined
  const match = /^\/([\w%-]{0,200})\/?(\?.*)?$/s.exec(url)
  if (match === null) return undefined
  return match[1] === '' ? `/s${match[2] ?? ''}` : `/s/${match[1]}${match[2] ?? ''}`
}
