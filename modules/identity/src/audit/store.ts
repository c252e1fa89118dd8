/** SQL of the audit log. A chain grows and shrinks only under its head's lock. */
import { countRows, type Queryable, type Tx } from '@octet/db'
import type { ChainHead, StoredEntry } from './rules.ts'

const noBytes = Buffer.alloc(0)

/**
 * The head of a user's chain, locked until the transaction ends, and the database's time. Creates the chain if
 * necessary.
 */
export async function lockHead({ sql }: Tx, userId: string): Promise<ChainHead & { readonly now: string }> {
  const [row] = await sql<(ChainHead & { now: string })[]>`
    insert into audit_heads (user_id) values (${userId})
    on conflict (user_id) do update set user_id = excluded.user_id
    returning user_id, seq, hash, base_seq, base_hash, seal, clock_timestamp() as now`
  if (row === undefined) throw new Error('an upsert returned no row')
  return row
}

/** Adds an entry and advances the head in one statement. */
export async function appendEntry({ sql }: Tx, head: ChainHead, entry: StoredEntry): Promise<void> {
  await sql`
    with entry as (
      insert into audit_log (user_id, seq, at, action, by, address, user_agent, details, other_user_id, other_salt,
                             other_digest, hash)
      values (${head.user_id}, ${entry.seq}, ${entry.at}, ${entry.action}, ${entry.by}, ${entry.address},
              ${entry.user_agent}, ${sql.json(entry.details as never)}, ${entry.other_user_id}, ${entry.other_salt},
              ${entry.other_digest}, ${entry.hash})
    )
    update audit_heads set seq = ${head.seq}, hash = ${head.hash}, seal = ${head.seal}
    where user_id = ${head.user_id}`
}

const entryColumns = (sql: Queryable['sql']) => sql`
  seq, at, action, by, address, user_agent, details, other_user_id, other_salt, other_digest, hash`

/** Entries before `before`, newest first. Returns one more row than `limit` when a next page exists. */
export function listEntries(
  { sql }: Queryable,
  { userId, limit, before }: { userId: string; limit: number; before: number | undefined },
): Promise<StoredEntry[]> {
  return sql<StoredEntry[]>`
    select ${entryColumns(sql)} from audit_log
    where user_id = ${userId} ${before === undefined ? sql`` : sql`and seq < ${before}`}
    order by seq desc
    limit ${limit + 1}`
}

/** Counts a user's entries; stops at `rowsMax`. */
export function countEntries(db: Queryable, userId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from audit_log where user_id = ${userId}`, rowsMax)
}

/** The head, locked against appends while the chain is read. An empty head when the account has no chain. */
export async function shareHead({ sql }: Tx, userId: string): Promise<ChainHead> {
  const [row] = await sql<ChainHead[]>`
    select user_id, seq, hash, base_seq, base_hash, seal from audit_heads where user_id = ${userId} for share`
  return row ?? { user_id: userId, seq: 0, hash: noBytes, base_seq: 0, base_hash: noBytes, seal: noBytes }
}

/** Entries after `seq`, oldest first. */
export function readEntries(
  { sql }: Tx,
  { userId, after, limit }: { userId: string; after: number; limit: number },
): Promise<StoredEntry[]> {
  return sql<StoredEntry[]>`
    select ${entryColumns(sql)} from audit_log
    where user_id = ${userId} and seq > ${after}
    order by seq
    limit ${limit}`
}

/** Accounts with entries older than `ageDays`, or more than `entriesMax` of them. */
export async function findLongChains(
  { sql }: Queryable,
  { ageDays, entriesMax, limit }: { ageDays: number; entriesMax: number; limit: number },
): Promise<string[]> {
  const rows = await sql<{ user_id: string }[]>`
    (select distinct user_id from audit_log where at < now() - make_interval(days => ${ageDays}) limit ${limit})
    union
    (select user_id from audit_heads where seq - base_seq > ${entriesMax} limit ${limit})`
  return rows.map(({ user_id }) => user_id)
}

/** Deletes the oldest entries of a chain whose head is locked. Returns the last deleted entry. */
export async function deleteOldEntries(
  { sql }: Tx,
  head: ChainHead,
  { ageDays, entriesMax }: { ageDays: number; entriesMax: number },
): Promise<{ seq: number; hash: Buffer } | undefined> {
  const [last] = await sql<{ seq: number; hash: Buffer }[]>`
    with gone as (
      delete from audit_log
      where user_id = ${head.user_id}
        and (seq <= ${head.seq - entriesMax} or at < now() - make_interval(days => ${ageDays}))
      returning seq, hash
    )
    select seq, hash from gone order by seq desc limit 1`
  return last
}

/** Sets the beginning of a chain. */
export async function moveBase({ sql }: Tx, head: ChainHead): Promise<void> {
  await sql`
    update audit_heads set base_seq = ${head.base_seq}, base_hash = ${head.base_hash}, seal = ${head.seal}
    where user_id = ${head.user_id}`
}

/**
 * Deletes an account's chain, and in other chains only the reference to the account. All remaining chains stay
 * verifiable.
 */
export async function eraseAudit({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from audit_log where user_id = ${userId}`
  await sql`delete from audit_heads where user_id = ${userId}`
  await sql`update audit_log set other_user_id = null, other_salt = null where other_user_id = ${userId}`
}
