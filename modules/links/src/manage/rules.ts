/** Decisions about links: pure, no clock, no I/O. */
import { randomBytes } from 'node:crypto'
import type { Link, Routing, Utm } from '@octet/contracts'

/** No 0, o, 1, l, i: what is read from paper is typed right. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
export const codeLengthMin = 7

/** Codes that are written as they are compared, which generated ones are: 170 ns of a redirect less. */
const comparedCode = /^[a-hj-z2-9_-]+$/

/**
 * Aliases that would shadow our own addresses on a short domain, or lend themselves to deceit.
 */
const reservedAliases = new Set(
  (
    'about account accounts admin administrator api app assets auth billing blog chat code contact dashboard docs ' +
    'download favicon fitness health help home identity invoice legal links login logout metrics octet openapi pay ' +
    'payment payments press privacy profile realtime register robots security settings shop sign-in sign-up signin ' +
    'signup sitemap static status support system terms users verify webhook webhooks welcome well-known www'
  )
    .split(' ')
    .map(codeKey),
)

/** A random code of `length` characters, each equally likely. `length` 7 gives 27 thousand million. */
export function generateCode(length: number): string {
  let code = ''
  while (code.length < length) {
    for (const byte of randomBytes(length * 2)) {
      // 248 is the largest multiple of 31 below 256; above it the first letters would be likelier.
      if (byte < 248 && code.length < length) code += alphabet[byte % alphabet.length]
    }
  }
  return code
}

/**
 * What codes are compared by: lower case, with characters that look alike made equal. So `PayPa1` and `paypal` are one
 * code: nobody can register a look-alike, and nobody who misreads one is sent elsewhere.
 */
export function codeKey(code: string): string {
  if (comparedCode.test(code)) return code
  const plain = /^[\x21-\x7e]*$/.test(code) ? code : asciiOf(code)
  return plain.toLowerCase().replace(/0/g, 'o').replace(/[1i]/g, 'l')
}

/** Cyrillic and Greek letters that look like Latin ones, in both cases. */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['аеорсухіјѕԁһԛԝ', 'aeopcyxijsdhqw'],
    ['АВЕЗКМНОРСТУХІЈЅԚԜ', 'ABE3KMHOPCTYXIJSQW'],
    ['ονικαρτυχγ', 'ovikaptuxy'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ].flatMap(([ours = '', plain = '']) => [...ours].map((letter, index) => [letter, plain[index] ?? ''])),
)

/** Codes are ASCII; what a visitor's keyboard or a copied text made of one is brought back to it. */
function asciiOf(code: string): string {
  const folded = code.normalize('NFKC').replace(/[^\x21-\x7e]/gu, letter => lookAlikes[letter] ?? letter)
  // Hyphens of typesetters, and what nobody sees.
  return folded.replace(/[\u2010-\u2015\u2212]/g, '-').replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
}

export function isReserved(alias: string): boolean {
  return reservedAliases.has(codeKey(alias))
}

export type UrlRefusal =
  | 'not a web address'
  | 'only http and https'
  | 'must not contain a user name'
  | 'leads back here'

/**
 * Whether an address may be shortened, and why not. Refused are schemes other than http and https, user names in front
 * of the host (they disguise where a link leads), and our own short links (they could form a circle).
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

/** Whatever the scheme: what is answered at one is sent on to the other. */
function isSamePlace(a: URL, b: URL): boolean {
  return plainHost(a) === plainHost(b) && a.port === b.port
}

/** All names of this machine are one. */
function plainHost({ hostname }: URL): string {
  const name = hostname.replace(/\.$/, '')
  return /^(127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/.test(name) ? 'localhost' : name
}

/** As routes are found: `%73` is an `s`. */
function pathOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}

const utmNames = ['source', 'medium', 'campaign', 'term', 'content'] as const

/**
 * The address with its utm parameters: those named are set, others stay, and so does everything else as it was written
 * (`URLSearchParams` would spell the whole query anew).
 */
export function withUtm(url: string, utm: Utm | undefined): string {
  const wanted = utmNames.filter(name => utm?.[name] !== undefined)
  if (wanted.length === 0 || utm === undefined) return url
  const [, before = '', query = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const replaced = new Set(wanted.map(name => `utm_${name}`))
  const kept = query
    .slice(1)
    .split('&')
    .filter(pair => pair !== '' && !replaced.has(pair.split('=', 1)[0] as string))
  const added = wanted.map(name => `utm_${name}=${encodeURIComponent((utm[name] as string).toWellFormed())}`)
  return `${before}?${[...kept, ...added].join('&')}${hash}`
}

/** The address as a header value: as its owner wrote it where that is plain ASCII, else encoded. */
export function locationOf(url: string): string {
  return /^[\x21-\x7e]+$/.test(url) ? url : new URL(url).href
}

/** What a link is found by. */
export interface TargetKey {
  readonly domainId: string
  readonly codeKey: string
}

/**
 * The same as one text: what the cache of targets is keyed by. On the installation's own host that is the code alone
 * where nothing in it could be taken for the space behind a domain: a text put together costs more to look up.
 */
export function targetKey(code: string, domainId: string = ownDomain): string {
  if (domainId === ownDomain && comparedCode.test(code)) return code
  const key = codeKey(code)
  return domainId === ownDomain && comparedCode.test(key) ? key : `${domainId} ${key}`
}

/** Back from {@link targetKey}. */
export function readTargetKey(key: string): TargetKey {
  if (!key.includes(' ')) return { domainId: ownDomain, codeKey: key }
  return { domainId: key.slice(0, ownDomain.length), codeKey: key.slice(ownDomain.length + 1) }
}

/** Whether a text that came from outside the contract can be the id of anything. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** The installation's own host among domains. */
export const ownDomain = '00000000-0000-0000-0000-000000000000'

export interface Row {
  readonly id: string
  readonly owner_id: string | null
  readonly code: string
  readonly domain_id: string
  /** Host of that domain; null for the installation's own. */
  readonly domain: string | null
  readonly folder_id: string | null
  readonly archived_at: string | null
  readonly url: string
  readonly title: string | null
  readonly tags: string[]
  readonly expires_at: string | null
  readonly clicks_max: number | null
  readonly clicks_used: number
  readonly password_hash: string | null
  /** `null`: everybody is led to `url`. */
  readonly routing: Routing | null
  readonly has_public_stats: boolean
  readonly is_example: boolean
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  readonly clicks: number
}

export function shortUrlOf({ code, domain }: Pick<Row, 'code' | 'domain'>, origin: string): string {
  return domain === null ? `${origin}/s/${code}` : `https://${domain}/${code}`
}

/** A row as its owner sees it. */
export function linkOf(row: Row, origin: string): Link {
  return {
    id: row.id,
    code: row.code,
    shortUrl: shortUrlOf(row, origin),
    domain: row.domain,
    url: row.url,
    title: row.title,
    tags: row.tags,
    folderId: row.folder_id,
    archivedAt: row.archived_at,
    expiresAt: row.expires_at,
    clicksMax: row.clicks_max,
    hasPassword: row.password_hash !== null,
    hasRouting: row.routing !== null,
    hasPublicStats: row.has_public_stats,
    isExample: row.is_example,
    clicks: row.clicks,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}
