/** Decisions about links: pure, no clock, no I/O. */
import type { Link, Routing } from '@octet/contracts/links'

export interface LinkRow {
  readonly id: string
  readonly owner_id: string | null
  readonly code: string
  readonly domain_id: string
  /** Host of the domain; null for the installation's own. */
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
  /** `null`: every visitor is sent to `url`. */
  readonly routing: Routing | null
  readonly has_public_stats: boolean
  readonly is_example: boolean
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  readonly clicks: number
}

export function shortUrlOf({ code, domain }: Pick<LinkRow, 'code' | 'domain'>, origin: string): string {
  return domain === null ? `${origin}/s/${code}` : `https://${domain}/${code}`
}

/** A row as its owner sees it. */
export function linkOf(row: LinkRow, origin: string): Link {
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
