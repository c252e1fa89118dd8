/** SQL of erasures and of the modules' answers. */
import type { Db, Queryable, Tx } from '@octet/db'

export type ErasureState = 'waiting' | 'frozen' | 'erasing'

export interface ErasureRow {
  readonly id: string
  readonly user_id: string
  readonly state: ErasureState
  readonly due_at: string
}

/** Starts an erasure, or keeps the existing one. An earlier due time moves it forward. */
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

/** Cancels an erasure that still waits. `false` when there is no erasure, or when it has started. */
export async function deleteWaitingErasure({ sql }: Tx, userId: string): Promise<boolean> {
  const rows = await sql`delete from erasures where user_id = ${userId} and state = 'waiting' returning id`
  return rows.length === 1
}

/** One due erasure that no other process is advancing, locked until the transaction ends. */
export async function lockDueErasure({ sql }: Tx, now: string): Promise<ErasureRow | undefined> {
  const [row] = await sql<ErasureRow[]>`
    select id, user_id, state, due_at from erasures where due_at <= ${now}
    order by due_at limit 1 for update skip locked`
  return row
}

/** Updates the state of an erasure. */
export async function moveErasure(
  { sql }: Tx,
  id: string,
  { state, dueAt }: { state: ErasureState; dueAt: string },
): Promise<void> {
  await sql`update erasures set state = ${state}, due_at = ${dueAt} where id = ${id}`
}

/** Expects an answer of each module and keeps those already known. Returns the modules that have not answered. */
export async function expectAnswers({ sql }: Tx, requestId: string, modules: readonly string[]): Promise<string[]> {
  await sql`
    insert into privacy_answers (request_id, module)
    select ${requestId}, unnest(${[...modules]}::text[]) on conflict do nothing`
  const rows = await sql<{ module: string }[]>`
    select module from privacy_answers where request_id = ${requestId} and answered_at is null order by module`
  return rows.map(({ module }) => module)
}

/** Records a module's answer. Returns how many are still missing; `undefined` when this answer is not expected. */
export async function recordAnswer(
  { sql }: Tx,
  requestId: string,
  module: string,
): Promise<{ missing: number } | undefined> {
  // All rows of the request are locked in one order, so the later of two concurrent last answers sees the earlier one.
  const rows = await sql<{ module: string; is_answered: boolean }[]>`
    select module, answered_at is not null as is_answered from privacy_answers
    where request_id = ${requestId} order by module for update`
  if (!rows.some(row => row.module === module)) return undefined
  await sql`
    update privacy_answers set answered_at = clock_timestamp()
    where request_id = ${requestId} and module = ${module} and answered_at is null`
  return { missing: rows.filter(row => !row.is_answered && row.module !== module).length }
}

/** Deletes the answers of a request. */
export async function deleteAnswers({ sql }: Tx, requestId: string): Promise<void> {
  await sql`delete from privacy_answers where request_id = ${requestId}`
}

/** Completes an erasure; a hash of the user id remains. `false` when the erasure does not exist. */
export async function finishErasure({ sql }: Tx, id: string): Promise<boolean> {
  const rows = await sql`
    with gone as (delete from erasures where id = ${id} and state = 'erasing' returning user_id)
    insert into erased_subjects (id_hash, erased_at)
    select sha256(convert_to(user_id::text, 'utf8')), clock_timestamp() from gone
    on conflict (id_hash) do update set erased_at = excluded.erased_at, kept_at = null
    returning id_hash`
  return rows.length === 1
}

/** Tombstones that are not in storage yet. */
export async function unstoredTombstones({ sql }: Queryable, limit: number): Promise<string[]> {
  const rows = await sql<{ id_hash: Buffer }[]>`
    select id_hash from erased_subjects where kept_at is null limit ${limit}`
  return rows.map(row => row.id_hash.toString('hex'))
}

/** Records that a tombstone is in storage, or restores one from there. */
export async function insertTombstone({ sql }: Db, idHash: string): Promise<void> {
  await sql`
    insert into erased_subjects (id_hash, erased_at, kept_at)
    values (${Buffer.from(idHash, 'hex')}, clock_timestamp(), clock_timestamp())
    on conflict (id_hash) do update set kept_at = clock_timestamp()`
}

/** Erased accounts that exist again. */
export async function resurrectedUsers({ sql }: Queryable, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select users.id from users
    join erased_subjects on id_hash = sha256(convert_to(users.id::text, 'utf8'))
    where not exists (select 1 from erasures where erasures.user_id = users.id)
    limit ${limit}`
  return rows.map(({ id }) => id)
}
