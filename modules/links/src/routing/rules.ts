/** Which visitor a link sends where. Pure: compiled when a link is loaded, evaluated at every visit. */
import type { Condition, Routing } from '@octet/contracts/links'

/** What rules examine. Each value is computed only when a rule needs it. */
export interface Visitor {
  country(): string | undefined
  device(): string
  system(): string
  /** The preferred language as the browser states it. */
  language(): string | undefined
  query(name: string): string | undefined
  /** A number below 2^32 that stays the same for one person and link. */
  lot(linkId: string): number
}

export interface Destination {
  readonly location: string
  /** The app address that is tried before `location`. */
  readonly appUrl: string | null
  /** The name in the statistics; empty for the link's own address. */
  readonly variant: string
}

type Test = (visitor: Visitor, nowMs: number) => boolean

export interface CompiledRouting {
  readonly rules: readonly { readonly tests: readonly Test[]; readonly to: Destination }[]
  /** Each variant with the cumulative sum of weights. */
  readonly variants: readonly { readonly upTo: number; readonly to: Destination }[]
  readonly own: Destination
}

/** `null` when every visitor is sent to the link's own address at once. */
export function compileRouting(routing: Routing, location: string): CompiledRouting | null {
  const { rules, variants, appUrl } = routing
  if (rules.length === 0 && variants.length === 0 && appUrl === null) return null
  let weights = 0
  return {
    rules: rules.map((rule, index) => ({
      tests: testsOf(rule.when),
      to: {
        location: locationOf(rule.url),
        appUrl: rule.appUrl ?? null,
        variant: rule.name ?? `rule ${index + 1}`,
      },
    })),
    variants: variants.map(({ name, url, weight }) => {
      weights += weight
      return { upTo: weights, to: { location: locationOf(url), appUrl: null, variant: name } }
    }),
    own: { location, appUrl, variant: '' },
  }
}

/** The first matching rule, else the visitor's variant of the split test, else the link's own address. */
export function chooseDestination(
  { rules, variants, own }: CompiledRouting,
  { visitor, linkId, nowMs }: { visitor: Visitor; linkId: string; nowMs: number },
): Destination {
  for (const { tests, to } of rules) if (tests.every(fits => fits(visitor, nowMs))) return to
  const sum = variants.at(-1)?.upTo
  if (sum === undefined) return own
  const drawn = visitor.lot(linkId) % sum
  return variants.find(({ upTo }) => drawn < upTo)?.to ?? own
}

function testsOf(when: Condition): Test[] {
  const tests: Test[] = []
  const { countries, devices, systems, languages, from, until, query } = when
  const fromMs = from === undefined ? undefined : Date.parse(from)
  const untilMs = until === undefined ? undefined : Date.parse(until)
  // Cheapest checks first.
  if (fromMs !== undefined) tests.push((_, nowMs) => nowMs >= fromMs)
  if (untilMs !== undefined) tests.push((_, nowMs) => nowMs < untilMs)
  for (const { name, value } of query ?? []) {
    tests.push(visitor => {
      const given = visitor.query(name)
      return given !== undefined && (value === undefined || given === value)
    })
  }
  if (devices !== undefined) tests.push(visitor => (devices as string[]).includes(visitor.device()))
  if (systems !== undefined) tests.push(visitor => (systems as string[]).includes(visitor.system()))
  if (languages !== undefined) tests.push(visitor => speaks(visitor.language(), languages))
  if (countries !== undefined) {
    tests.push(visitor => {
      const country = visitor.country()
      return country !== undefined && countries.includes(country)
    })
  }
  return tests
}

/** `de` matches a preference for `de-AT`, but not the other way round. */
function speaks(preferred: string | undefined, wanted: readonly string[]): boolean {
  if (preferred === undefined) return false
  const language = preferred.toLowerCase()
  return wanted.some(one => language === one.toLowerCase() || language.startsWith(`${one.toLowerCase()}-`))
}

/** The language with the highest weight of an `Accept-Language` header (RFC 9110, 12.5.4); the first of equals. */
export function preferredLanguage(header: string | undefined): string | undefined {
  let best: { language: string; weight: number } | undefined
  for (const part of (header ?? '').slice(0, 500).split(',')) {
    const [language = '', ...parameters] = part.trim().split(/\s*;\s*/)
    if (!/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(language)) continue
    const given = parameters.find(parameter => /^q=/i.test(parameter))
    const weight = given === undefined ? 1 : Number(given.slice(2))
    if (weight > 0 && (best === undefined || weight > best.weight)) best = { language, weight }
  }
  return best?.language
}

/** Schemes of well-known apps; `OCTET_APP_SCHEMES` adds an installation's own. */
const appSchemes = (
  'comgooglemaps discord facebook fb geo google instagram intercom itms-apps linkedin maps market messenger ' +
  'msteams notion reddit sgnl slack snapchat spotify steam tg threads tiktok tweetbot twitch twitter viber ' +
  'vnd.youtube waze whatsapp youtube zoommtg zoomus'
).split(' ')
/** Schemes that are never allowed: they run or read something in the browser itself. */
const forbiddenSchemes =
  /^(javascript|data|vbscript|file|blob|about|filesystem|view-source|intent|jar|ws|wss|https?|ftp)$/

/** The reason why an app address must not be opened, or `undefined`. */
export function refuseAppUrl(appUrl: string, addedSchemes: readonly string[]): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?=.)[\x21-\x7e]+$/i.exec(appUrl)
  const scheme = match?.[1]?.toLowerCase()
  if (scheme === undefined) return 'not the address of an app'
  if (forbiddenSchemes.test(scheme)) return 'not the address of an app'
  if (!appSchemes.includes(scheme) && !addedSchemes.includes(scheme)) {
    return `the scheme ${scheme} is not allowed here; OCTET_APP_SCHEMES can add it`
  }
  return undefined
}

/** The address as a header value: as written when it is plain ASCII, else encoded. */
export function locationOf(url: string): string {
  return /^[\x21-\x7e]+$/.test(url) ? url : new URL(url).href
}
