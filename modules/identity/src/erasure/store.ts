/** SQL about accounts on their way out, and about who answers for what. */
import type { Db, Queryable, Tx } from '@octet/db'

export type ErasureState = 'waiting' | 'frozen' | 'erasing'

export interface ErasureRow {
  readonly id: string
  readonly user_id: string
  readonly state: ErasureState
  readonly due_at: string
}

/** Begins an erasure, or keeps the one there is; a request that wants it sooner brings it forward. */
export async function insertErasure(
  { sql }: Tx,
  erasure: { readonly id: string; readonly userId: string; readonly now: string; readonly dueAt: string },
): Promise<ErasureRow> {
  const [row] = await sql<ErasureRow[]>`
    insert into erasures as known (id, user_id, requested_at, due_at)
    values (${erasure.id}, ${erasure.userId}, ${erasure.now}, ${erasure.dueAt})
    on conflict (user_id) do update set due_at = least(known.due_at, excluded.due_at)
    returning id, user_id, state, due_at`
  if (row === undefined) throw new Error('an upsert returned no row')
  return row
}

/** Takes an erasure back that still waits. False when there is none, or when it is too late. */
export async function deleteWaitingErasure({ sql }: Tx, userId: string): Promise<boolean> {
  const rows = await sql`delete from erasures where user_id = ${userId} and state = 'waiting' returning id`
  return rows.length === 1
}

/** One erasure whose time has come and that nobody else is moving on, held until the transaction ends. */
export async function lockDueErasure({ sql }: Tx, now: string): Promise<ErasureRow | undefined> {
  const [row] = await sql<ErasureRow[]>`
    select id, user_id, state, due_at from erasures where due_at <= ${now}
    order by due_at limit 1 for update skip locked`
  return row
}

/** Moves an erasure on. */
export async function moveErasure(
  { sql }: Tx,
  id: string,
  { state, dueAt }: { state: ErasureState; dueAt: string },
): Promise<void> {
  await sql`update erasures set state = ${state}, due_at = ${dueAt} where id = ${id}`
}

/** Expects an answer of each module; those that are known stay as they are. Returns who has not answered. */
export async function expectAnswers({ sql }: Tx, requestId: string, modules: readonly string[]): Promise<string[]> {
  await sql`
    insert into privacy_answers (request_id, module)
    select ${requestId}, unnest(${[...modules]}::text[]) on conflict do nothing`
  const rows = await sql<{ module: string }[]>`
    select module from privacy_answers where request_id = ${requestId} and answered_at is null order by module`
  return rows.map(({ module }) => module)
}

/** Notes a module's answer. Returns how many are still missing; `undefined` when nobody waits for this one. */
export async function noteAnswer(
  { sql }: Tx,
  requestId: string,
  module: string,
): Promise<{ missing: number } | undefined> {
  // All rows of the request are held, in one order: of two last answers at once, one must see the other.
  const rows = await sql<{ module: string; is_answered: boolean }[]>`
    select module, answered_at is not null as is_answered from privacy_answers
    where request_id = ${requestId} order by module for update`
  if (!rows.some(row => row.module === module)) return undefined
  await sql`
    update privacy_answers set answered_at = clock_timestamp()
    where request_id = ${requestId} and module = ${module} and answered_at is null`
  return { missing: rows.filter(row => !row.is_answered && row.module !== module).length }
}

/** Forgets who answered. */
export async function deleteAnswers({ sql }: Tx, requestId: string): Promise<void> {
  await sql`delete from privacy_answers where request_id = ${requestId}`
}

/** Ends an erasure: what remains is a hash of who it was. False when there is none of that id. */
export async function finishErasure({ sql }: Tx, id: string): Promise<boolean> {
  const rows = await sql`
    with gone as (delete from erasures where id = ${id} and state = 'erasing' returning user_id)
    insert into erased_subjects (id_hash, erased_at)
    select sha256(convert_to(user_id::text, 'utf8')), clock_timestamp() from gone
    on conflict (id_hash) do update set erased_at = excluded.erased_at, kept_at = null
    returning id_hash`
  return rows.length === 1
}

/** Tombstones that are in the database only. */
export async function unkeptTombstones({ sql }: Queryable, limit: number): Promise<string[]> {
  const rows = await sql<{ id_hash: Buffer }[]>`
    select id_hash from erased_subjects where kept_at is null limit ${limit}`
  return rows.map(row => row.id_hash.toString('hex'))
}

/** Notes that a tombstone is outside the database too, or brings one back from there. */
export async function keepTombstone({ sql }: Db, idHash: string): Promise<void> {
  await sql`
    insert into erased_subjects (id_hash, erased_at, kept_at)
    values (${Buffer.from(idHash, 'hex')}, clock_timestamp(), clock_timestamp())
    on conflict (id_hash) do update set kept_at = clock_timestamp()`
}

/** Accounts that were erased before and are back. */
export async function risenUsers({ sql }: Queryable, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select users.id from users
    join erased_subjects on id_hash = sha256(convert_to(users.id::text, 'utf8'))
    where not exists (select 1 from erasures where erasures.user_id = users.id)
    limit ${limit}`
  return rows.map(({ id }) => id)
}
