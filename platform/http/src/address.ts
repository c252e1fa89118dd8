/** Network addresses as keys of rate limits and sessions. */
import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'

/**
 * The part of an address that one party controls, in any notation: a whole IPv4 address, or an IPv6 address cut to its
 * /64 (a household gets at least that many). IPv4 written as IPv6 counts as IPv4; an invalid address becomes `unknown`.
 */
export function addressKey(address: string): string {
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return 'unknown' // one key, otherwise each made-up address would have its own allowance
  const groups = groupsOf(address.toLowerCase())
  const mapped = mappedIPv4(address, groups)
  return mapped ?? `${groups.slice(0, 4).join(':')}::/64`
}

/**
 * The client's address of a request that Fastify has not seen, by the same rule as `request.ip`. It is the peer, or as
 * many steps back through `X-Forwarded-For` as there are trusted proxies.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? ''
  // The first access to `headers` builds an object of all of them; without proxies that is not needed.
  const forwarded = trustedProxies === 0 ? undefined : request.headers['x-forwarded-for']
  if (forwarded === undefined) return peer
  const chain = [peer, ...String(forwarded).split(',').reverse()]
  return (chain[Math.min(trustedProxies, chain.length - 1)] ?? peer).trim()
}

/** The address with its last part blanked, safe to show and to store: `203.0.113.0/24`, `2001:db8:1:0::/48`. */
export function addressPrefix(address: string): string {
  const key = addressKey(address)
  if (key.endsWith('::/64')) return `${key.split(':').slice(0, 3).join(':')}::/48`
  const parts = key.split('.')
  return parts.length === 4 ? `${parts.slice(0, 3).join('.')}.0/24` : key
}

/** `::ffff:203.0.113.9`, also in hexadecimal (RFC 4291, 2.5.5.2). */
function mappedIPv4(address: string, groups: readonly string[]): string | undefined {
  const dotted = /^[0:]*:ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (dotted !== undefined) return dotted
  if (groups.length !== 8 || groups.slice(0, 5).some(group => group !== '0') || groups[5] !== 'ffff') return undefined
  const [high = 0, low = 0] = groups.slice(6).map(group => Number.parseInt(group, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array(Math.max(0, missing)).fill('0'), ...right].map(group => group.replace(/^0+(?=.)/, ''))
}
