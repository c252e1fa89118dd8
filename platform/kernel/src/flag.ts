/** Feature flags: what a module lets an administrator turn off, or on for a share of the accounts, while it runs. */
import { createHash } from 'node:crypto'
import type { Language } from '@octet/mail'

/** A feature flag. A module declares it beside its settings and lists it in `flags`. */
export interface Flag {
  /** `links.fetch-titles`: the module, then the feature. Stored: declare another flag rather than rename one. */
  readonly name: string
  /** What holds until an administrator decides. */
  readonly isOnByDefault: boolean
  /** One sentence for administrators: what is on. */
  readonly about: { readonly [L in Language]: string }
}

/** What a module asks of its flags. It costs two map look-ups and no query. */
export interface Flags {
  /**
   * Whether the feature is on for an account. Without an account it is on when it is on for all.
   * @throws Error for a flag that no module lists
   */
  isOn(flag: Flag, accountId?: string): boolean
}

/** A flag as administrators see it. `sharePercent` is null while the default holds. */
export interface FlagState extends Flag {
  readonly sharePercent: number | null
  readonly changedAt: string | null
}

/** Whether a feature that is on for `sharePercent` of the accounts is on for this one. */
export function isInShare(flagName: string, sharePercent: number, accountId: string | undefined): boolean {
  if (sharePercent >= 100) return true
  if (sharePercent <= 0 || accountId === undefined) return false
  // The name is part of the hash: otherwise the same accounts would get every feature first.
  const hash = createHash('sha256').update(`${flagName} ${accountId}`).digest().readUInt32BE(0)
  return hash / 2 ** 32 < sharePercent / 100
}
