/**
 * All SQL of jobs. Lists travel as JSON, because our pools know no array types. All times come from the database, so
 * processes whose clocks differ still agree.
 */
import type { Sql } from '@octet/db'

/** The key of every job that a schedule enqueues, so that at most one of each waits. */
export const scheduleKey = 'schedule'

/** A job that this worker holds until its lease ends. */
export interface Taken {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  readonly fence: number
  /** Attempts that failed before this one, including runs whose worker died. */
  readonly failures: number
  /** The error of the last failed attempt. */
  readonly error: string | null
  /** Milliseconds from the due time to the take. */
  readonly waitedMs: number
  /** W3C `traceparent` of the request that enqueued it. */
  readonly traceparent: string | null
  /** A schedule enqueued it and will enqueue the next one. */
  readonly isScheduled: boolean
}

/** A job to add. */
export interface NewJob {
  readonly name: string
  readonly payload: string
  readonly runAt: Date | undefined
  readonly key: string | undefined
  /** W3C `traceparent` of the request that enqueues it. */
  readonly traceparent: string | undefined
}

/** Identifies one run of one job. */
export type Held = Pick<Taken, 'id' | 'fence'>

/** How many more jobs of one name this worker may take. */
export interface Slots {
  readonly name: string
  readonly slots: number
  /** Take a job only when no earlier job with its key is left. */
  readonly oneAtATime: boolean
}

export interface DeadLetter {
  readonly id: string
  readonly name: string
  readonly key: string | null
  readonly payload: unknown
  readonly failures: number
  readonly error: string
  readonly createdAt: string
  readonly diedAt: string
}

export interface NameStats {
  readonly name: string
  readonly waiting: number
  readonly running: number
  readonly dead: number
  /** How long the oldest due job has been waiting; 0 when no job is due. Alert on this. */
  readonly oldestDueMs: number
}

/** Adds a job in the caller's transaction and under the caller's role. */
export async function enqueue(tx: Sql, job: NewJob): Promise<string> {
  const runAt = job.runAt?.toISOString() ?? null
  const [row] = await tx<{ id: string }[]>`
    select platform_jobs.enqueue(
      ${job.name}::text, ${job.payload}::text, ${runAt}::timestamptz, ${job.key ?? null}::text,
      ${job.traceparent ?? null}::text) as id`
  return row!.id
}

/** Deletes the dead letters of the caller's module that mention an id. */
export async function forget(tx: Sql, id: string): Promise<number> {
  const [row] = await tx<{ gone: number }[]>`select platform_jobs.forget(${id}::text) as gone`
  return row?.gone ?? 0
}

/** Takes up to `free` due jobs, at most `slots` of each name, earliest due first. */
export function take(
  sql: Sql,
  want: { slots: readonly Slots[]; free: number; worker: string; leaseMs: number },
): Promise<Taken[]> {
  // `skip locked`: two workers that poll at once get different jobs, and neither waits.
  return sql<Taken[]>`
    with wanted as (
      select * from json_to_recordset(${JSON.stringify(want.slots)}::text::json)
        as w (name text, slots int, "oneAtATime" boolean)
    ), due as (
      select job.id, job.due_at
      from wanted, lateral (
        select id, due_at from jobs
        where jobs.name = wanted.name and due_at <= now()
          and not (wanted."oneAtATime" and exists (
            select from jobs as earlier
            where earlier.name = jobs.name and earlier.key = jobs.key and earlier.id < jobs.id))
        order by due_at limit wanted.slots
        for update skip locked
      ) as job
      order by job.due_at limit ${want.free}
    )
    update jobs set
      fence = fence + 1,
      failures = failures + (worker is not null)::int,
      error = case when worker is not null then 'worker ' || worker || ' stopped answering' else error end,
      worker = ${want.worker},
      due_at = now() + ${want.leaseMs} * interval '1 millisecond'
    from due
    where jobs.id = due.id
    returning jobs.id, name, payload, fence, failures, error, traceparent,
      coalesce(key = ${scheduleKey}, false) as "isScheduled",
      (extract(epoch from now() - due.due_at) * 1000)::float8 as "waitedMs"`
}

function heldText(held: readonly Held[]): string {
  return JSON.stringify(held.map(({ id, fence }) => ({ id, fence })))
}

/** Extends the leases of `held`; returns those that this worker still holds. */
export function renew(sql: Sql, held: readonly Held[], leaseMs: number): Promise<Held[]> {
  return sql<Held[]>`
    update jobs set due_at = now() + ${leaseMs} * interval '1 millisecond'
    from json_to_recordset(${heldText(held)}::text::json) as mine (id uuid, fence int)
    where jobs.id = mine.id and jobs.fence = mine.fence
    returning jobs.id, jobs.fence`
}

/** Deletes a finished job. False when another worker holds it by now. */
export async function finish(sql: Sql, { id, fence }: Held): Promise<boolean> {
  const rows = await sql`delete from jobs where id = ${id} and fence = ${fence} returning id`
  return rows.length === 1
}

/** Records a failed attempt; the next may start in `delayMs`. False when another worker holds the job by now. */
export async function retry(sql: Sql, { id, fence }: Held, error: string, delayMs: number): Promise<boolean> {
  const rows = await sql`
    update jobs set
      worker = null, failures = failures + 1, error = ${error},
      due_at = now() + ${delayMs} * interval '1 millisecond'
    where id = ${id} and fence = ${fence}
    returning id`
  return rows.length === 1
}

/** Makes the job a dead letter. False when another worker holds it by now. */
export async function bury(sql: Sql, { id, fence }: Held, error: string, failures: number): Promise<boolean> {
  const rows = await sql`
    with gone as (delete from jobs where id = ${id} and fence = ${fence} returning *)
    insert into dead_letters (id, name, key, payload, fence, failures, error, created_at)
    select id, name, key, payload, fence, ${failures}, ${error}, created_at from gone
    returning id`
  return rows.length === 1
}

/**
 * Releases unfinished jobs: due at once, and not counted as failed. The fence moves on, so this run cannot finish them.
 */
export async function giveBack(sql: Sql, held: readonly Held[]): Promise<void> {
  await sql`
    update jobs set worker = null, fence = jobs.fence + 1, due_at = now()
    from json_to_recordset(${heldText(held)}::text::json) as mine (id uuid, fence int)
    where jobs.id = mine.id and jobs.fence = mine.fence`
}

/** Newest first by enqueue time; only those enqueued before `before` (an id), if given. */
export function deadLetters(sql: Sql, limit: number, before: string | undefined): Promise<DeadLetter[]> {
  return sql<DeadLetter[]>`
    select id, name, key, payload, failures, error, created_at as "createdAt", died_at as "diedAt"
    from dead_letters
    where ${before ?? null}::uuid is null or id < ${before ?? null}::uuid
    order by id desc limit ${limit}`
}

/** Lets a dead letter run again under its old id with all its attempts. False when no dead letter has this id. */
export async function replay(sql: Sql, id: string): Promise<boolean> {
  // The fence continues from its last value: a run of the original job must not be able to finish the replay.
  const rows = await sql`
    with back as (delete from dead_letters where id = ${id} returning *)
    insert into jobs (id, name, key, payload, fence, error, created_at)
    select id, name, key, payload, fence + 1, error, created_at from back
    returning id`
  return rows.length === 1
}

/** Deletes a dead letter. False when no dead letter has this id. */
export async function discard(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`delete from dead_letters where id = ${id} returning id`
  return rows.length === 1
}

/** Reads both tables completely: fit for a scrape every few seconds, not for a request. */
export function stats(sql: Sql): Promise<NameStats[]> {
  return sql<NameStats[]>`
    select
      name,
      count(*) filter (where not is_dead and worker is null)::int as waiting,
      count(*) filter (where not is_dead and worker is not null)::int as running,
      count(*) filter (where is_dead)::int as dead,
      coalesce(greatest(0, extract(epoch from now() - min(due_at) filter (where not is_dead)) * 1000), 0)::float8
        as "oldestDueMs"
    from (
      select name, worker, due_at, false as is_dead from jobs
      union all
      select name, null, null, true from dead_letters
    ) as every_job
    group by name order by name`
}

export interface Schedule {
  readonly name: string
  readonly spec: string
  readonly nextAt: string
  readonly now: string
}

/** Registers a schedule. An existing one keeps its next time unless its spec changed. */
export async function saveSchedule(
  sql: Sql,
  schedule: { name: string; spec: string; payload: string; nextAt: Date },
): Promise<void> {
  await sql`
    insert into schedules as known (name, spec, payload, next_at)
    values (${schedule.name}, ${schedule.spec}, ${schedule.payload}::text::json, ${schedule.nextAt.toISOString()})
    on conflict (name) do update set
      payload = excluded.payload,
      next_at = case when known.spec = excluded.spec then known.next_at else excluded.next_at end,
      spec = excluded.spec`
}

/** The database's time. */
export async function databaseTime(sql: Sql): Promise<Date> {
  const [row] = await sql<{ now: string }[]>`select now() as now`
  return new Date(row!.now)
}

/** Due schedules among `names`, locked until the transaction ends, so that one process fires each. */
export function dueSchedules(tx: Sql, names: string[]): Promise<Schedule[]> {
  return tx<Schedule[]>`
    select name, spec, next_at as "nextAt", now() as now
    from schedules
    where next_at <= now() and name in (select json_array_elements_text(${JSON.stringify(names)}::text::json))
    for update skip locked`
}

/** Enqueues the job of a schedule, unless its previous job still waits to start, and sets the next time. */
export async function fire(tx: Sql, name: string, nextAt: Date): Promise<void> {
  await tx`
    with fired as (
      update schedules set next_at = ${nextAt.toISOString()} where name = ${name} returning payload
    )
    select enqueue(${name}, payload::text, null, ${scheduleKey}) from fired`
}
