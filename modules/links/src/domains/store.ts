/** SQL for own hosts. */

import { type Db, newId, type Queryable, type Tx } from '@octet/db'
import type { DomainRow as ProofRow } from '@octet/domains'

/** A verified domain, as far as visits need it. */
export interface ShortDomain extends ProofRow {
  readonly landing_url: string | null
}

export interface DomainRow extends ShortDomain {
  readonly created_at: string
  readonly links: number
}

/** The owner's hosts by name, or the one with that id. */
export function listDomains({ sql }: Queryable, ownerId: string, id?: string): Promise<DomainRow[]> {
  return sql<DomainRow[]>`
    select domains.*, (select count(*)::int from links where domain_id = domains.id and deleted_at is null) as links
    from domains
    where owner_id = ${ownerId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by host`
}

/** Inserts a claim. `undefined` when the owner has claimed the host before. */
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

/** Deletes a host. False while it has links. */
export async function deleteDomain({ sql }: Db, id: string): Promise<boolean> {
  const rows = await sql`
    delete from domains
    where id = ${id} and not exists (select from links where domain_id = ${id} and deleted_at is null)
    returning true`
  return rows.length === 1
}

/** A verified host of the owner, locked against removal until the transaction ends. */
export async function holdDomain({ sql }: Tx, ownerId: string, host: string): Promise<DomainRow | undefined> {
  const [row] = await sql<DomainRow[]>`
    select *, 0 as links from domains
    where owner_id = ${ownerId} and host = ${host} and verified_at is not null
    for share`
  return row
}
