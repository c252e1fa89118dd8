/** Idempotency keys: a repeated write takes effect once. */
import { createHash } from 'node:crypto'
import { type Contract, commonProblem } from '@octet/contracts'
import type { Db, Tx } from './connect.ts'
import { type Turn, takeTurn } from './streams.ts'

export interface IdempotencyKey {
  /** The caller; keys of different callers are independent. */
  readonly scope: string
  readonly operation: string
  readonly key: string
  /** The validated request; a different request under the same key is refused. */
  readonly input: unknown
  /** A numbered send waits for its turn; a repeated send gets its first answer even out of turn. */
  readonly turn?: Turn
}

/**
 * A module's own memory of a request, for modules that remember it longer than keys are kept. Returns the answer to a
 * repeat. For a new request it returns `undefined` and stores it, in the same transaction.
 */
export type Recall<C extends Contract, T> = (tx: Tx<C>) => Promise<T | undefined>

/**
 * Runs `body` in a transaction and, under an idempotency key, stores its result in the same transaction. A repeat with
 * the same key and input returns the stored result without running `body`. A crash at any point leaves both the effect
 * and the result, or neither, and there is no lease to expire.
 *
 * With `recall`, only the module's memory answers repeats. The cmid of a numbered send is then not stored as a key, and
 * any other key only refuses different requests.
 *
 * @throws `idempotency-in-flight` (409) while the first request is still running, `idempotency-key-reused` (422) when
 * the input differs, `out-of-turn` when a new send comes before its turn.
 */
export function runOnce<C extends Contract, T>(
  db: Db<C>,
  name: string,
  key: IdempotencyKey | undefined,
  body: (tx: Tx<C>) => Promise<T>,
  recall?: Recall<C, T>,
): Promise<T> {
  return db.transaction(name, async tx => {
    // A numbered send has its cmid as key, and the module stores the cmid.
    const isStoredByModule = recall !== undefined && key?.turn !== undefined
    const stored = await (isStoredByModule ? requireIdle(tx, key) : claim(tx, key))
    if (stored !== undefined && recall === undefined) return stored.response as T
    const recalled = await recall?.(tx)
    if (recalled === undefined && key?.turn !== undefined) await takeTurn(tx, key.turn)
    const result = recalled ?? (await body(tx))
    if (key !== undefined && stored === undefined && !isStoredByModule) {
      // With `recall`, only servers of the previous release read it.
      await tx.sql`
        update idempotency_keys set response = ${tx.sql.json({ result } as never)}
        where scope = ${key.scope} and key = ${key.key}`
    }
    return result
  })
}

/** Takes the key for this transaction; returns the result that an earlier transaction stored, if any. */
async function claim(tx: Tx, key: IdempotencyKey | undefined): Promise<{ response: unknown } | undefined> {
  if (key === undefined) return undefined
  const requestHash = createHash('sha256').update(key.operation).update('\n').update(JSON.stringify(key.input)).digest()
  // The advisory lock distinguishes "running elsewhere" from "never seen". Without it the insert would wait for the
  // other transaction and hold a connection for that long.
  const claimed = await tx.sql`
    insert into idempotency_keys (scope, key, request_hash)
    select ${key.scope}, ${key.key}, ${requestHash}
    where pg_try_advisory_xact_lock(hashtextextended(${`${key.scope} ${key.key}`}, 0))
    on conflict do nothing
    returning true as claimed`
  if (claimed.length === 1) return undefined
  const [known] = await tx.sql<{ request_hash: Buffer; response: { result: unknown } | null }[]>`
    select request_hash, response from idempotency_keys where scope = ${key.scope} and key = ${key.key}`
  if (known === undefined) throw commonProblem('idempotency-in-flight', { retryAfterMs: 1_000 })
  if (!known.request_hash.equals(requestHash)) throw commonProblem('idempotency-key-reused')
  return { response: known.response?.result }
}

/** Refuses the request while another one under its key is running. To wait for it would hold a connection. */
async function requireIdle({ sql }: Tx, key: IdempotencyKey): Promise<undefined> {
  const [row] = await sql<{ isIdle: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`${key.scope} ${key.key}`}, 0)) as "isIdle"`
  if (row?.isIdle !== true) throw commonProblem('idempotency-in-flight', { retryAfterMs: 1_000 })
}

/** Deletes keys and handled events older than `ageHours`; returns how many rows. Bounded per call. */
export async function forgetOld(db: Db, ageHours: number): Promise<number> {
  const [row] = await db.sql<{ gone: number }[]>`
    with keys as (
      delete from idempotency_keys where ctid = any(array(
        select ctid from idempotency_keys where created_at < now() - make_interval(hours => ${ageHours}) limit 10000))
      returning 1
    ), turns as (
      delete from stream_turns where ctid = any(array(
        select ctid from stream_turns where used_at < now() - make_interval(hours => ${ageHours * 90}) limit 10000))
    ), handled as (
      delete from inbox where ctid = any(array(
        select ctid from inbox where handled_at < now() - make_interval(hours => ${ageHours * 7}) limit 10000))
      returning 1
    )
    select ((select count(*) from keys) + (select count(*) from handled))::int as gone`
  return row?.gone ?? 0
}

/** Records in the inbox that a handler has the event; false when it had it before and must not act again. */
export async function isFirstDelivery({ sql }: Tx, handler: string, eventId: string): Promise<boolean> {
  const rows = await sql`
    insert into inbox (handler, event_id) values (${handler}, ${eventId}) on conflict do nothing returning true`
  return rows.length === 1
}
