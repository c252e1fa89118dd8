/** SQL of the hosts that people bring. */
import { type Db, newId, type Queryable, type Tx } from '@octet/db'

export interface DomainRow {
  readonly id: string
  readonly owner_id: string
  readonly host: string
  readonly landing_url: string | null
  readonly token: string
  readonly verified_at: string | null
  /** Since when the proof of a proven host is not found any more. */
  readonly missing_since: string | null
  readonly created_at: string
  readonly links: number
}

/** The owner's hosts by name, or the one of that id. */
export function listDomains({ sql }: Queryable, ownerId: string, id?: string): Promise<DomainRow[]> {
  return sql<DomainRow[]>`
    select domains.*, (select count(*)::int from links where domain_id = domains.id and deleted_at is null) as links
    from domains
    where owner_id = ${ownerId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by host`
}

/** `undefined`: the owner has claimed it before. */
export async function insertDomain(
  { sql }: Tx,
  domain: { ownerId: string; host: string; landingUrl: string | null; token: string; at: string },
): Promise<DomainRow | undefined> {
  const [row] = await sql<DomainRow[]>`
    insert into domains (id, owner_id, host, landing_url, token, created_at)
    values (${newId()}, ${domain.ownerId}, ${domain.host}, ${domain.landingUrl}, ${domain.token}, ${domain.at})
    on conflict do nothing
    returning *, 0 as links`
  return row
}

export async function setLanding({ sql }: Db, id: string, landingUrl: string | null): Promise<void> {
  await sql`update domains set landing_url = ${landingUrl} where id = ${id}`
}

/** False: somebody else's claim of the host is the proven one. The unique index decides, also at the same moment. */
export async function markVerified({ sql }: Db, id: string, at: string): Promise<boolean> {
  const rows = await sql`
    update domains set verified_at = coalesce(verified_at, ${at}), looked_at = ${at}, missing_since = null
    where id = ${id} and not exists (
      select from domains as other
      where other.host = domains.host and other.id <> domains.id and other.verified_at is not null)
    returning true`
  return rows.length === 1
}

/** False while there are links on it. */
export async function deleteDomain({ sql }: Db, id: string): Promise<boolean> {
  const rows = await sql`
    delete from domains
    where id = ${id} and not exists (select from links where domain_id = ${id} and deleted_at is null)
    returning true`
  return rows.length === 1
}

/** A proven host of the owner, held against removal until the transaction ends. */
export async function holdDomain({ sql }: Tx, ownerId: string, host: string): Promise<DomainRow | undefined> {
  const [row] = await sql<DomainRow[]>`
    select *, 0 as links from domains
    where owner_id = ${ownerId} and host = ${host} and verified_at is not null
    for share`
  return row
}

/** The proven claim of a host, of whoever it is. */
export async function findHost({ sql }: Queryable, host: string): Promise<DomainRow | undefined> {
  const [row] = await sql<DomainRow[]>`
    select *, 0 as links from domains where host = ${host} and verified_at is not null`
  return row
}

// ---- whether they still are their owners' -----------------------------------------------------------------------

/** At most `limit` proven hosts nobody has looked at since `before`; they count as looked at from `at` on. */
export function domainsToLookAt(
  { sql }: Db,
  { before, at, limit }: { before: string; at: string; limit: number },
): Promise<DomainRow[]> {
  return sql<DomainRow[]>`
    update domains set looked_at = ${at}
    where id in (
      select id from domains
      where verified_at is not null and coalesce(looked_at, verified_at) < ${before}
      order by coalesce(looked_at, verified_at) limit ${limit} for update skip locked)
    returning *, 0 as links`
}

/** Notes what a look at a proven host found. False: it was proven anew, or is gone, since `seen` was read. */
export async function noteLook(
  { sql }: Tx,
  seen: DomainRow,
  { missingSince, isProven }: { missingSince: string | null; isProven: boolean },
): Promise<boolean> {
  const rows = await sql`
    update domains
    set missing_since = ${missingSince}, verified_at = case when ${isProven} then verified_at end
    where id = ${seen.id} and verified_at is not null and missing_since is not distinct from ${seen.missing_since}
    returning true`
  return rows.length === 1
}
