/** SQL of proofs, on the table `domains` of the module whose database or transaction it is (README). */
import type { Db, Queryable, Tx } from '@octet/db'

/** The columns that proofs need; a module's own come along in `Row`. */
export interface DomainRow {
  readonly id: string
  readonly owner_id: string
  /** {@link normalHost} */
  readonly host: string
  readonly token: string
  readonly verified_at: string | null
  /** Since when the proof of a verified host is missing. */
  readonly missing_since: string | null
}

/** False: another account has verified that host. The unique index decides, also at the same moment. */
export async function markVerified({ sql }: Db, id: string, at: string): Promise<boolean> {
  const rows = await sql`
    update domains set verified_at = coalesce(verified_at, ${at}), looked_at = ${at}, missing_since = null
    where id = ${id} and not exists (
      select from domains as other
      where other.host = domains.host and other.id <> domains.id and other.verified_at is not null)
    returning true`
  return rows.length === 1
}

/** The verified claim of a host, of any owner. */
export async function findVerified<Row extends DomainRow>({ sql }: Queryable, host: string): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`select * from domains where host = ${host} and verified_at is not null`
  return row
}

/** At most `limit` verified hosts that were not checked since `before`; they count as checked from `at` on. */
export function domainsToRecheck(
  { sql }: Db,
  { before, at, limit }: { before: string; at: string; limit: number },
): Promise<DomainRow[]> {
  return sql<DomainRow[]>`
    update domains set looked_at = ${at}
    where id in (
      select id from domains
      where verified_at is not null and coalesce(looked_at, verified_at) < ${before}
      order by coalesce(looked_at, verified_at) limit ${limit} for update skip locked)
    returning *`
}

/** Records what a recheck found. False: the host was verified again, or is gone, since `known` was read. */
export async function recordRecheck(
  { sql }: Tx,
  known: DomainRow,
  { missingSince, isLost }: { missingSince: string | null; isLost: boolean },
): Promise<boolean> {
  const rows = await sql`
    update domains
    set missing_since = ${missingSince}, verified_at = case when not ${isLost} then verified_at end
    where id = ${known.id} and verified_at is not null and missing_since is not distinct from ${known.missing_since}
    returning true`
  return rows.length === 1
}
