/** Campaign parameters in an address, as the server writes them. Pure. */
import type { Utm } from '@octet/contracts'
import { withScheme } from '../../shared/format.ts'

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

/** Where the link will lead; what is there already is replaced. The address as it is while it is none. */
export function withUtm(address: string, utm: Utm | undefined): string {
  try {
    const url = new URL(withScheme(address))
    for (const [part, value] of Object.entries(utm ?? {})) url.searchParams.set(`utm_${part}`, value)
    return url.href
  } catch {
    return address
  }
}
