import type { Utm } from '@octet/contracts/links'

const utmNames = ['source', 'medium', 'campaign', 'term', 'content'] as const

/**
 * The address with the given UTM parameters set. Everything else stays byte for byte; `URLSearchParams` would re-encode
 * the whole query.
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
