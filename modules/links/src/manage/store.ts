/** All SQL for links. Pass the `Tx` when there is one. */
import type { Routing } from '@octet/contracts/links'
import { newId, type Queryable, type Tx } from '@octet/db'
import { codeKey } from './codes.ts'
import type { LinkRow } from './rules.ts'

export interface NewLink {
  readonly ownerId: string | null
  readonly domainId: string
  readonly folderId: string | null
  readonly code: string
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly expiresAt: string | null
  readonly clicksMax: number | null
  readonly passwordHash: string | null
  readonly isExample: boolean
  readonly createdAt: string
}

/**
 * Inserts the link, or returns `undefined` when its code is taken. The constraint decides: a check before the insert
 * lets two concurrent requests both pass (`npm run lab -- alias-race`).
 */
export async function insertLink({ sql }: Tx, link: NewLink): Promise<LinkRow | undefined> {
  const [row] = await sql<LinkRow[]>`
    insert into links (id, owner_id, domain_id, folder_id, code, code_key, url, title, tags, expires_at, clicks_max,
                       password_hash, is_example, created_at, updated_at)
    values (${newId()}, ${link.ownerId}, ${link.domainId}, ${link.folderId}, ${link.code}, ${codeKey(link.code)},
            ${link.url}, ${link.title}, ${[...link.tags]}::text[], ${link.expiresAt}, ${link.clicksMax},
            ${link.passwordHash}, ${link.isExample}, ${link.createdAt}, ${link.createdAt})
    on conflict on constraint links_domain_code_unique do nothing
    returning *, 0 as clicks, (select host from domains where domains.id = domain_id) as domain`
  return row
}

/** One live link with its total. */
export async function findLink({ sql }: Queryable, id: string): Promise<LinkRow | undefined> {
  const [row] = await sql<LinkRow[]>`
    select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
    from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.id = ${id} and deleted_at is null`
  return row
}

/** The same, locked against other writers until the transaction ends. */
export async function lockLink({ sql }: Tx, id: string): Promise<LinkRow | undefined> {
  const [row] = await sql<LinkRow[]>`
    select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
    from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.id = ${id} and deleted_at is null
    for update of links`
  return row
}

export interface LinkChange {
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly expiresAt: string | null
  readonly clicksMax: number | null
  readonly passwordHash: string | null
  readonly folderId: string | null
  readonly archivedAt: string | null
  readonly updatedAt: string
}

/** Writes all changeable columns of a locked link. A later expiry revives an expired link. */
export async function updateLink({ sql }: Tx, id: string, change: LinkChange): Promise<void> {
  await sql`
    update links
    set url = ${change.url}, title = ${change.title}, tags = ${[...change.tags]}::text[],
        expires_at = ${change.expiresAt}, clicks_max = ${change.clicksMax},
        clicks_used = case when ${change.clicksMax}::int is null then 0 else clicks_used end,
        password_hash = ${change.passwordHash}, folder_id = ${change.folderId},
        archived_at = ${change.archivedAt}, expired_at = null,
        updated_at = ${change.updatedAt}, version = version + 1
    where id = ${id}`
}

/** Sets the title of a locked link. */
export async function setTitle({ sql }: Tx, id: string, title: string, updatedAt: string): Promise<void> {
  await sql`update links set title = ${title}, updated_at = ${updatedAt}, version = version + 1 where id = ${id}`
}

/** Replaces the routing of a locked link. */
export async function setRouting({ sql }: Tx, id: string, routing: Routing | null, updatedAt: string): Promise<void> {
  await sql`
    update links
    set routing = ${routing === null ? null : JSON.stringify(routing)}::text::jsonb, updated_at = ${updatedAt},
        version = version + 1
    where id = ${id}`
}

/** Makes a locked link's statistics public or private. */
export async function setPublicStats({ sql }: Tx, id: string, isPublic: boolean, updatedAt: string): Promise<void> {
  await sql`
    update links set has_public_stats = ${isPublic}, updated_at = ${updatedAt}, version = version + 1
    where id = ${id}`
}

/** Empties links but keeps their codes taken. Returns the links it emptied. */
export async function deleteLinks(
  { sql }: Tx,
  ids: readonly string[],
  at: string,
): Promise<{ id: string; code: string }[]> {
  const rows = await sql<{ id: string; code: string }[]>`
    update links
    set deleted_at = ${at}, url = '', title = null, tags = '{}', password_hash = null, owner_id = null,
        folder_id = null, archived_at = null, is_example = false, routing = null, has_public_stats = false,
        version = version + 1
    where id = any(array(
      select id from links where id = any(${[...ids]}) and deleted_at is null order by id for update))
    returning id, code`
  const gone = rows.map(({ id }) => id)
  await sql`delete from click_counts where link_id = any(${gone})`
  await sql`delete from click_days where link_id = any(${gone})`
  await sql`delete from click_totals where link_id = any(${gone})`
  await sql`delete from click_watches where link_id = any(${gone})`
  return rows
}

/** Marks at most `limit` links whose time has come and returns them. */
export async function markExpired({ sql }: Tx, now: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update links set expired_at = ${now}
    where id = any(array(
      select id from links
      where expires_at <= ${now} and expired_at is null and deleted_at is null
      order by expires_at limit ${limit}
      for update skip locked))
    returning id`
  return rows.map(({ id }) => id)
}

// ---- examples ---------------------------------------------------------------------------------------------------
