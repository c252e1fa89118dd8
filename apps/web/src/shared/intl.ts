/** Caches `Intl` objects by locale and style: creating one costs about a hundred times as much as using it. */

/** Far more than the number of languages, time zones and styles in use. */
const keptMax = 200

interface Maker<T, O> {
  new (locale: string, options?: O): T
}

/** Returns the object for a locale and a style, the same one each time. */
function kept<T, O extends object>(Kind: Maker<T, O>): (locale: string, options?: O) => T {
  const known = new Map<string, T>()
  return (locale, options) => {
    const key = options === undefined ? locale : `${locale} ${JSON.stringify(options)}`
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= keptMax) known.clear()
    const made = new Kind(locale, options)
    known.set(key, made)
    return made
  }
}

export const dateFormat = kept<Intl.DateTimeFormat, Intl.DateTimeFormatOptions>(Intl.DateTimeFormat)
export const numberFormat = kept<Intl.NumberFormat, Intl.NumberFormatOptions>(Intl.NumberFormat)
export const relativeFormat = kept<Intl.RelativeTimeFormat, Intl.RelativeTimeFormatOptions>(Intl.RelativeTimeFormat)
export const pluralRules = kept<Intl.PluralRules, Intl.PluralRulesOptions>(Intl.PluralRules)

const regionNames = kept<Intl.DisplayNames, Intl.DisplayNamesOptions>(
  Intl.DisplayNames as Maker<Intl.DisplayNames, Intl.DisplayNamesOptions>,
)

/** The name of a country; throws a `RangeError` for an impossible code. */
export function regionName(code: string, locale: string): string | undefined {
  return regionNames(locale, { type: 'region' }).of(code)
}
