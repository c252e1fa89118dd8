/** Codes of short links: how they are generated, compared and looked up. Pure. */
import { randomBytes } from 'node:crypto'

/** Without 0, o, 1, l and i, so that a code read from paper is typed correctly. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'

export const codeLengthMin = 7

/** Codes that equal their own key, as generated ones do: saves 170 ns per redirect. */
const comparedCode = /^[a-hj-z2-9_-]+$/

/** Aliases that would shadow our own addresses on a short domain, or that invite deceit. */
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

/** A random code of `length` characters, uniformly distributed. Length 7 gives 27 billion codes. */
export function generateCode(length: number): string {
  let code = ''
  while (code.length < length) {
    for (const byte of randomBytes(length * 2)) {
      // 248 is the largest multiple of 31 below 256; without the cut the first letters would be more likely.
      if (byte < 248 && code.length < length) code += alphabet[byte % alphabet.length]
    }
  }
  return code
}

/**
 * The key by which codes are compared: lower case, with look-alike characters made equal. `PayPa1` and `paypal` are one
 * code, so look-alikes cannot be registered and a misread code leads to the same link.
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

/** Codes are ASCII. Restores what a visitor's keyboard or a copied text made of one. */
function asciiOf(code: string): string {
  const folded = code.normalize('NFKC').replace(/[^\x21-\x7e]/gu, letter => lookAlikes[letter] ?? letter)
  // Typographic hyphens and invisible characters.
  return folded.replace(/[\u2010-\u2015\u2212]/g, '-').replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
}

export function isReserved(alias: string): boolean {
  return reservedAliases.has(codeKey(alias))
}

/** The key by which a link is found. */
export interface TargetKey {
  readonly domainId: string
  readonly codeKey: string
}

/**
 * The same as one text: the key of the destination cache. On the installation's own host it is the code alone, where
 * nothing in it can be mistaken for the separator: a concatenated key costs more to look up.
 */
export function targetKey(code: string, domainId: string = ownDomain): string {
  if (domainId === ownDomain && comparedCode.test(code)) return code
  const key = codeKey(code)
  return domainId === ownDomain && comparedCode.test(key) ? key : `${domainId} ${key}`
}

/** The inverse of {@link targetKey}. */
export function readTargetKey(key: string): TargetKey {
  if (!key.includes(' ')) return { domainId: ownDomain, codeKey: key }
  return { domainId: key.slice(0, ownDomain.length), codeKey: key.slice(ownDomain.length + 1) }
}

/** The domain value of the installation's own host. */
export const ownDomain = '00000000-0000-0000-0000-000000000000'
