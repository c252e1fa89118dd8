export type UrlRefusal =
  | 'not a web address'
  | 'only http and https'
  | 'must not contain a user name'
  | 'leads back here'

/**
 * The reason why an address may not be shortened, or `undefined`. Refused are schemes other than http and https, user
 * names before the host (they disguise the destination), and our own short links (they could form a loop).
 */
export function refuseUrl(url: string, origin: string): UrlRefusal | undefined {
  if (/[\s\p{Cc}]/u.test(url)) return 'not a web address'
  const parsed = URL.parse(url)
  if (parsed === null) return 'not a web address'
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return 'only http and https'
  if (parsed.username !== '' || parsed.password !== '') return 'must not contain a user name'
  if (parsed.hostname === '') return 'not a web address'
  if (isSamePlace(parsed, new URL(origin)) && pathOf(parsed).startsWith('/s/')) return 'leads back here'
  return undefined
}

/** Whatever the scheme: a request to one is redirected to the other. */
function isSamePlace(a: URL, b: URL): boolean {
  return plainHost(a) === plainHost(b) && a.port === b.port
}

/** All names of this machine count as one. */
function plainHost({ hostname }: URL): string {
  const name = hostname.replace(/\.$/, '')
  return /^(127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/.test(name) ? 'localhost' : name
}

/** Decoded as routes are matched: `%73` is an `s`. */
function pathOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}
