/** Campaign parameters in an address, in the server's form. Pure functions. */
import type { Utm } from '@octet/contracts/links'
import { withScheme } from '../../../shared/format.ts'

export interface UtmValues {
  readonly utmSource: string
  readonly utmMedium: string
  readonly utmCampaign: string
  readonly utmTerm: string
  readonly utmContent: string
}

export const utmFields = ['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'] as const

/** `utmSource` to `source`. */
const partOf = (field: (typeof utmFields)[number]) => field.slice(3).toLowerCase() as keyof Utm

export function utmOf(values: UtmValues): Utm | undefined {
  const filled = utmFields.filter(field => values[field].trim() !== '')
  if (filled.length === 0) return undefined
  return Object.fromEntries(filled.map(field => [partOf(field), values[field].trim()]))
}

/** The fields of a form; '' for an absent one. */
export function utmValuesOf(utm: Utm): UtmValues {
  const { source = '', medium = '', campaign = '', term = '', content = '' } = utm
  return { utmSource: source, utmMedium: medium, utmCampaign: campaign, utmTerm: term, utmContent: content }
}

/** The parameters of an address, in the order of the fields. */
export function utmPairs(utm: Utm): string[] {
  return utmFields.map(partOf).flatMap(part => (utm[part] === undefined ? [] : [`utm_${part}=${utm[part]}`]))
}

export function isSameUtm(one: Utm, other: Utm): boolean {
  return utmPairs(one).join('&') === utmPairs(other).join('&')
}

/** The destination with the parameters, which replace existing ones. An invalid address is returned unchanged. */
export function withUtm(address: string, utm: Utm | undefined): string {
  try {
    const url = new URL(withScheme(address))
    for (const [part, value] of Object.entries(utm ?? {})) url.searchParams.set(`utm_${part}`, value)
    return url.href
  } catch {
    return address
  }
}
