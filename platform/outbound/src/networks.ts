/** The addresses a server may call on behalf of its users. */
import { BlockList, isIP, isIPv4 } from 'node:net'

/** IANA special-purpose IPv4 registry: everything outside the public internet. */
const refusedV4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; cloud metadata at 100.100.100.200
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's host agent: a public address that answers only inside.
  '169.254.0.0/16', // link-local; cloud metadata at 169.254.169.254
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments; cloud metadata at 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]

/** Global unicast, the only assigned IPv6 block. IPv4-mapped, NAT64, ULA and link-local addresses lie outside it. */
const publicV6 = ['2000::/3']
/** Refused blocks inside it: forms that carry an IPv4 address, and documentation. */
const refusedV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/** A list of networks in CIDR form. @throws Error naming the first invalid one. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    const family = isIP(address)
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
      throw new Error(`${network} is not a network like 10.0.0.0/8`)
    }
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

const refused = { v4: networkList(refusedV4), v6: networkList(refusedV6), globalV6: networkList(publicV6) }

/** Whether an address belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused.v4.check(address, 'ipv4')
  return refused.globalV6.check(address, 'ipv6') && !refused.v6.check(address, 'ipv6')
}

/** Whether the list contains the address, in either family. */
export function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}
