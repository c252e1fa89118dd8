/** What every links use case works with. */
import type { Cache, Limiter } from '@octet/cache'
import { problemsOf } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { links } from '@octet/contracts/links'
import { links as linksContract } from '@octet/contracts/links'
import type { HostLookup } from '@octet/domains'
import type { GeoLookup } from '@octet/geo'
import type { Journal, Shipper } from '@octet/journal'
import type { Context, ModuleRealtime } from '@octet/kernel'
import type { Counter } from '@octet/observe'
import type { Outbound } from '@octet/outbound'
import type { Passwords } from '@octet/passwords'
import type { Secrets } from '@octet/secrets'
import type { VisitorSalts } from '@octet/visitors'
import type { ShortDomain } from './domains/store.ts'
import type { ClickTokens } from './redirect/click-tokens.ts'
import type { Target } from './redirect/target.ts'
import type { LiveClicks } from './statistics/live-clicks.ts'

export interface LinksState {
  readonly origin: string
  readonly limiter: Limiter
  readonly passwords: Passwords
  readonly outbound: Outbound
  readonly geo: GeoLookup
  /** App schemes this installation allows besides the known ones. */
  readonly appSchemes: readonly string[]
  readonly secrets: Secrets
  /** Generated codes that were taken; alert when it grows (README). */
  readonly collisions: Counter
  /** Destinations by `targetKey`; `null` for unknown codes. */
  readonly targets: Cache<Target | null>
  /** Verified hosts that short links are served on. */
  readonly shortDomains: HostLookup<ShortDomain>
  readonly clickTokens: ClickTokens
  readonly visitorSalts: VisitorSalts
  readonly clickJournal: Journal
  readonly clickShipper: Shipper
  readonly liveClicks: LiveClicks
  readonly realtime: ModuleRealtime<typeof links>
}

export type LinksContext = Context<typeof links, readonly [typeof identity], LinksState>

export const problem = problemsOf(linksContract)
