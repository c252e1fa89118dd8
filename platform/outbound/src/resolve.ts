import { Resolver } from 'node:dns/promises'

/** All addresses of a host name; empty when it does not resolve. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>

/** The TXT records of a name; empty when it has none. */
export type ResolveTxt = (name: string, signal: AbortSignal) => Promise<readonly string[]>

/** Per attempt; there are two. */
const tryMs = 2_000
/** DNS errors for a name, or a record type, that does not exist. */
const absent: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/**
 * Queries DNS over its own sockets. `dns.lookup` waits in libuv's four threads, where the click journal waits for its
 * disk, so a few names with slow servers would stop the redirects. The price: `/etc/hosts` is not read.
 */
export const resolveByDns: Resolve = async (host, signal) => {
  // RFC 6761 section 6.3: these names are never sent to a DNS server.
  if (/(^|\.)localhost\.?$/i.test(host)) return ['127.0.0.1', '::1']
  const resolver = new Resolver({ timeout: tryMs, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = [v4, v6].flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length > 0) return found
    const broken = [v4, v6].find(answer => answer.status === 'rejected' && !absent.has(codeOf(answer.reason)))
    if (broken?.status === 'rejected') throw broken.reason
    return []
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Uses its own sockets too. Records longer than 255 bytes arrive in parts. */
export const resolveTxtByDns: ResolveTxt = async (name, signal) => {
  const resolver = new Resolver({ timeout: tryMs, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return (await resolver.resolveTxt(name)).map(parts => parts.join(''))
  } catch (error) {
    if (absent.has(codeOf(error))) return []
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}
