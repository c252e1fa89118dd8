/** What every use case of links works with. */
import type { Cache, Limiter } from '@octet/cache'
import type { identity, links } from '@octet/contracts'
import { links as linksContract, problemsOf } from '@octet/contracts'
import type { Journal, Shipper } from '@octet/journal'
import type { Context } from '@octet/kernel'
import type { Counter } from '@octet/observe'
import type { Passwords } from '@octet/passwords'
import type { Target } from './rules.ts'

export interface LinksState {
  readonly origin: string
  readonly limiter: Limiter
  readonly passwords: Passwords
  /** Generated codes that were taken; an alarm when it grows (README). */
  readonly collisions: Counter
  /** Where codes lead; `null` for codes that lead nowhere. */
  readonly targets: Cache<Target | null>
  readonly clickJournal: Journal
  readonly clickShipper: Shipper
}

export type LinksContext = Context<typeof links, readonly [typeof identity], LinksState>

export const problem = problemsOf(linksContract)
