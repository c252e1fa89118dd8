/** SQL of search, blocks and reports. */
import { countRows, type Queryable, type Sql, type Tx } from '@octet/db'
import type { Position } from '@octet/kernel'

export interface PersonRow {
  readonly id: string
  readonly username: string
  readonly display_name: string
  /** Only where a picture is shown. */
  readonly avatar_hash?: string | null
}

/** Neither account has blocked the other. `other` is a column. */
const isApart = (sql: Sql, userId: string, other: ReturnType<Sql>) => sql`
  not exists (
    select 1 from user_blocks
    where (blocker_id = ${userId} and blocked_id = ${other}) or (blocker_id = ${other} and blocked_id = ${userId}))`

/** After the position in the list's order; `comparison` ends with its operator. */
const isAfter = (sql: Sql, after: Position | undefined, comparison: ReturnType<Sql>) =>
  after === undefined ? sql`` : sql`and ${comparison} (${after.at}::timestamptz, ${after.id}::uuid)`

/** Sorts after every character allowed in a name. */
const lastCharacter = '\u{10ffff}'
/** Maximum number of people with one display name. Others can be found by username. */
const namesakesMax = 500

export interface Search {
  readonly userId: string
  /** Lower case. */
  readonly start: string
  readonly limit: number
  /** Lower-case username after which to continue. */
  readonly after: string | undefined
}

/**
 * People by the start of username or display name, ordered by username. Returns one more than `limit` when a next page
 * exists. Uses users_by_name_start, in order, and users_by_display_name_start, bounded.
 */
export function searchPeople({ sql }: Queryable, search: Search): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    select id, username, display_name, avatar_hash ${peopleFound(sql, search, search.limit + 1)}
    order by lower(username) collate "C"
    limit ${search.limit + 1}`
}

/** Counts the people a search finds; stops at `rowsMax`. */
export function countPeople(db: Queryable, search: Omit<Search, 'limit' | 'after'>, rowsMax: number): Promise<number> {
  return countRows(db, peopleFound(db.sql, { ...search, after: undefined }, rowsMax), rowsMax)
}

/** At most `rowsMax` people by username and as many by display name, without double ones. */
function peopleFound(sql: Sql, { userId, start, after }: Omit<Search, 'limit'>, rowsMax: number) {
  const rest = sql`
    disabled_at is null and ${isApart(sql, userId, sql`users.id`)}
    ${after === undefined ? sql`` : sql`and lower(username) collate "C" > ${after}`}`
  return sql`from (
      (select id, username, display_name, avatar_hash from users
       where lower(username) collate "C" between ${start} and ${start + lastCharacter} and ${rest}
       order by lower(username) collate "C"
       limit ${rowsMax})
      union
      (select id, username, display_name, avatar_hash
       from (select * from users
             where lower(display_name) collate "C" between ${start} and ${start + lastCharacter}
             order by lower(display_name) collate "C", id
             limit ${namesakesMax}) as users
       where ${rest}
       order by lower(username) collate "C"
       limit ${rowsMax})) as found`
}

export interface ProfileRow extends PersonRow {
  readonly bio: string
  readonly created_at: string
  readonly blocked_by_me: boolean
}

/** The account with this name, unless it is disabled or has blocked the caller. */
export async function findProfile(
  { sql }: Queryable,
  { usernameKey, viewerId }: { usernameKey: string; viewerId: string },
): Promise<ProfileRow | undefined> {
  const [row] = await sql<ProfileRow[]>`
    select id, username, display_name, avatar_hash, bio, created_at,
           exists (select 1 from user_blocks where blocker_id = ${viewerId} and blocked_id = users.id) as blocked_by_me
    from users
    where username_key = ${usernameKey} and disabled_at is null
      and not exists (select 1 from user_blocks where blocker_id = users.id and blocked_id = ${viewerId})`
  return row
}

// ---- blocks -----------------------------------------------------------------------------------------------------

/** Adds a block; `false` when it exists. Throws the database's error for a missing account. */
export async function insertBlock({ sql }: Tx, blockerId: string, blockedId: string): Promise<boolean> {
  const rows = await sql`
    insert into user_blocks (blocker_id, blocked_id) values (${blockerId}, ${blockedId})
    on conflict do nothing
    returning true`
  return rows.length === 1
}

/** Number of people that the account has blocked. */
export async function countBlocks({ sql }: Tx, blockerId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from user_blocks where blocker_id = ${blockerId}`
  return row?.count ?? 0
}

/** Removes a block; `false` when it does not exist. */
export async function deleteBlock({ sql }: Tx, blockerId: string, blockedId: string): Promise<boolean> {
  const rows = await sql`
    delete from user_blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId} returning true`
  return rows.length === 1
}

/** Latest first. Returns one more row than `limit` when a next page exists. Uses user_blocks_newest. */
export function listBlockRows(
  { sql }: Queryable,
  { userId, limit, after }: { userId: string; limit: number; after: Position | undefined },
): Promise<(PersonRow & { readonly blocked_at: string })[]> {
  return sql<(PersonRow & { blocked_at: string })[]>`
    select users.id, username, display_name, avatar_hash, user_blocks.created_at as blocked_at
    from user_blocks join users on users.id = blocked_id
    where blocker_id = ${userId}
    ${isAfter(sql, after, sql`(user_blocks.created_at, blocked_id) <`)}
    order by user_blocks.created_at desc, blocked_id desc
    limit ${limit + 1}`
}

/** Counts a user's blocks; stops at `rowsMax`. */
export function countBlockRows(db: Queryable, userId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from user_blocks where blocker_id = ${userId}`, rowsMax)
}

/** Blocks between one person and others, in both directions. */
export function findBlocksBetween(
  { sql }: Queryable,
  userId: string,
  otherIds: readonly string[],
): Promise<{ readonly blocker_id: string; readonly blocked_id: string }[]> {
  return sql<{ blocker_id: string; blocked_id: string }[]>`
    select blocker_id, blocked_id from user_blocks
    where (blocker_id = ${userId} and blocked_id = any(${[...otherIds]}::uuid[]))
       or (blocked_id = ${userId} and blocker_id = any(${[...otherIds]}::uuid[]))`
}

// ---- reports ----------------------------------------------------------------------------------------------------

export interface NewReport {
  readonly id: string
  readonly subjectId: string
  readonly reporterId: string
  readonly reason: string
  readonly note: string
}

/** Adds a report, or updates the reporter's open report about the same account. Returns its id. */
export async function upsertReport({ sql }: Tx, report: NewReport): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into user_reports (id, subject_id, reporter_id, reason, note)
    values (${report.id}, ${report.subjectId}, ${report.reporterId}, ${report.reason}, ${report.note})
    on conflict (reporter_id, subject_id) where resolved_at is null
    do update set reason = excluded.reason, note = excluded.note
    returning id`
  if (row === undefined) throw new Error('an upsert returned no row')
  return row.id
}

export interface ReportRow {
  readonly id: string
  readonly subject: PersonRow
  readonly reporter: PersonRow | null
  readonly reason: 'spam' | 'harassment' | 'impersonation' | 'illegal' | 'other'
  readonly note: string
  readonly created_at: string
  readonly resolved_at: string | null
  readonly outcome: 'no-action' | 'warned' | 'disabled' | null
  readonly resolution: string | null
}

/**
 * Oldest first. Returns one more row than `limit` when a next page exists. Uses user_reports_open and
 * …_resolved_newest.
 */
export function listReportRows(
  { sql }: Queryable,
  { state, limit, after }: { state: 'open' | 'resolved'; limit: number; after: Position | undefined },
): Promise<ReportRow[]> {
  return sql<ReportRow[]>`
    select user_reports.id, reason, note, user_reports.created_at, resolved_at, outcome, resolution,
           json_build_object('id', s.id, 'username', s.username, 'display_name', s.display_name) as subject,
           case when r.id is not null
                then json_build_object('id', r.id, 'username', r.username, 'display_name', r.display_name)
           end as reporter
    from user_reports join users s on s.id = subject_id left join users r on r.id = reporter_id
    where ${isInState(sql, state)}
    ${isAfter(sql, after, sql`(user_reports.created_at, user_reports.id) >`)}
    order by user_reports.created_at, user_reports.id
    limit ${limit + 1}`
}

/** Counts reports; stops at `rowsMax`. */
export function countReportRows(db: Queryable, state: 'open' | 'resolved', rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from user_reports where ${isInState(db.sql, state)}`, rowsMax)
}

const isInState = (sql: Sql, state: 'open' | 'resolved') => {
  return state === 'open' ? sql`resolved_at is null` : sql`resolved_at is not null`
}

export interface Resolution {
  readonly resolverId: string
  readonly outcome: string
  readonly note: string
}

/** Closes an open report; `undefined` when it is not open. */
export async function closeReport(
  { sql }: Tx,
  id: string,
  { resolverId, outcome, note }: Resolution,
): Promise<{ readonly subject_id: string } | undefined> {
  const [row] = await sql<{ subject_id: string }[]>`
    update user_reports
    set resolved_at = clock_timestamp(), resolver_id = ${resolverId}, outcome = ${outcome}, resolution = ${note}
    where id = ${id} and resolved_at is null
    returning subject_id`
  return row
}

/** Whether the report exists, open or closed. */
export async function reportExists({ sql }: Queryable, id: string): Promise<boolean> {
  const rows = await sql`select 1 from user_reports where id = ${id}`
  return rows.length === 1
}
