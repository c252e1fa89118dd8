/** Network addresses as keys: what a limit counts and what a session remembers. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

/**
 * The part of an address one party controls: an IPv4 address whole, an IPv6 address cut to its /64 (a household gets
 * at least that many). IPv4 written as IPv6 counts as IPv4.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  return `${groupsOf(address).slice(0, 4).join(':')}::/64`
}

/**
 * The client's address of a request Fastify has not seen, by the rule it goes by there: the peer, or as many steps back
 * through `X-Forwarded-For` as there are trusted proxies.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trustedProxies: number): string {
  const peer = socket.remoteAddress ?? ''
  const forwarded = trustedProxies === 0 ? undefined : headers['x-forwarded-for']
  if (forwarded === undefined) return peer
  const chain = [peer, ...String(forwarded).split(',').reverse()]
  return (chain[Math.min(trustedProxies, chain.length - 1)] ?? peer).trim()
}

/** The address with its last part blanked, fit to show and to keep: `203.0.113.0/24`, `2001:db8:1:0::/48`. */
export function addressPrefix(address: string): string {
  const key = addressKey(address)
  if (key.endsWith('::/64')) return `${key.split(':').slice(0, 3).join(':')}::/48`
  const parts = key.split('.')
  return parts.length === 4 ? `${parts.slice(0, 3).join('.')}.0/24` : key
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array(Math.max(0, missing)).fill('0'), ...right].map(group => group.replace(/^0+(?=.)/, ''))
}
