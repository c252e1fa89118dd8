/** All SQL about presence and about what people share of it. */
import type { Db, Queryable } from '@octet/db'

export interface PresenceRow {
  readonly user_id: string
  readonly status: 'online' | 'idle' | 'offline'
  readonly last_seen_at: string | null
}

export interface SettingsRow {
  readonly show_presence: boolean
  readonly show_reading: boolean
  readonly show_typing: boolean
  readonly do_not_disturb_until: string | null
}

/** Renews a process's lease by the database clock. True when the lease was missing, which means its rows are gone. */
export async function renewLease({ sql }: Db, nodeId: string, leaseMs: number): Promise<boolean> {
  const [row] = await sql<{ is_new: boolean }[]>`
    insert into presence_nodes (id, expires_at)
    values (${nodeId}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    on conflict (id) do update set expires_at = excluded.expires_at
    returning xmax = 0 as is_new`
  return row?.is_new === true
}

/** Ends a process's lease. Everyone connected through it is gone. */
export async function endLease({ sql }: Db, nodeId: string): Promise<void> {
  await sql`delete from presence_nodes where id = ${nodeId}`
}

/** Ends the expired leases and returns the people who were connected through them. */
export async function endDeadLeases({ sql }: Db): Promise<string[]> {
  const rows = await sql<{ user_id: string }[]>`
    with dead as (
      select id from presence_nodes where expires_at < clock_timestamp() limit 10 for update skip locked
    ), gone as (
      delete from presence where node_id in (select id from dead) returning user_id
    ), ended as (
      delete from presence_nodes where id in (select id from dead)
    )
    select distinct user_id from gone limit 10000`
  return rows.map(({ user_id }) => user_id)
}

/** Records that a person is connected through this process. */
export async function come({ sql }: Db, userId: string, nodeId: string, isIdle: boolean): Promise<void> {
  await sql`
    insert into presence (user_id, node_id, is_idle)
    select ${userId}, id, ${isIdle} from presence_nodes where id = ${nodeId}
    on conflict (user_id, node_id) do update set is_idle = excluded.is_idle`
}

/** Records that a person is no longer connected through this process. */
export async function go({ sql }: Db, userId: string, nodeId: string, at: string): Promise<void> {
  await sql`delete from presence where user_id = ${userId} and node_id = ${nodeId}`
  await sql`
    insert into settings (user_id, last_seen_at) values (${userId}, ${at})
    on conflict (user_id) do update set last_seen_at = excluded.last_seen_at`
}

function shown({ sql }: Queryable) {
  return sql`
    case when settings.show_presence is false then 'offline'
         else coalesce((
           select case when bool_and(is_idle) then 'idle' when count(*) > 0 then 'online' end
           from presence join presence_nodes on presence_nodes.id = node_id
           where presence.user_id = people.user_id and expires_at >= clock_timestamp()), 'offline') end as status,
    case when settings.show_presence is false then null else settings.last_seen_at end as last_seen_at`
}

/** A person's presence as others see it. */
export async function presenceOf(db: Queryable, userId: string): Promise<PresenceRow> {
  const { sql } = db
  const [row] = await sql<PresenceRow[]>`
    select people.user_id, ${shown(db)}
    from (select ${userId}::uuid as user_id) as people left join settings on settings.user_id = people.user_id`
  return row ?? { user_id: userId, status: 'offline', last_seen_at: null }
}

/** The presence of a room's members as others see it. */
export function presenceIn(db: Queryable, roomId: string, membersMax: number): Promise<PresenceRow[]> {
  const { sql } = db
  return sql<PresenceRow[]>`
    select people.user_id, ${shown(db)}
    from (select user_id from members where room_id = ${roomId} order by joined_at limit ${membersMax}) as people
    left join settings on settings.user_id = people.user_id`
}

/** A person's rooms in which presence is published. */
export async function roomsToTell(
  { sql }: Queryable,
  userId: string,
  membersMax: number,
  max: number,
): Promise<string[]> {
  const rows = await sql<{ room_id: string }[]>`
    select room_id from members join rooms on rooms.id = room_id
    where user_id = ${userId} and member_count between 2 and ${membersMax} limit ${max}`
  return rows.map(({ room_id }) => room_id)
}

/** What a person shares; everything unless they chose otherwise. */
export async function settingsOf({ sql }: Queryable, userId: string): Promise<SettingsRow> {
  const [row] = await sql<SettingsRow[]>`
    select show_presence, show_reading, show_typing, do_not_disturb_until from settings where user_id = ${userId}`
  return row ?? { show_presence: true, show_reading: true, show_typing: true, do_not_disturb_until: null }
}

/** The settings to change; the others stay as they are. */
export interface SettingsChange {
  readonly showPresence?: boolean | undefined
  readonly showReading?: boolean | undefined
  readonly showTyping?: boolean | undefined
  readonly doNotDisturbUntil?: string | null | undefined
}

/** Changes settings in one statement, so that concurrent changes both hold. Returns the result. */
export async function changeSettings(
  { sql }: Db,
  userId: string,
  { showPresence, showReading, showTyping, doNotDisturbUntil }: SettingsChange,
): Promise<SettingsRow> {
  const until = doNotDisturbUntil ?? null
  const [row] = await sql<SettingsRow[]>`
    insert into settings as known (user_id, show_presence, show_reading, show_typing, do_not_disturb_until)
    values (${userId}, ${showPresence ?? true}, ${showReading ?? true}, ${showTyping ?? true}, ${until})
    on conflict (user_id) do update
    set show_presence = coalesce(${showPresence ?? null}::boolean, known.show_presence),
        show_reading = coalesce(${showReading ?? null}::boolean, known.show_reading),
        show_typing = coalesce(${showTyping ?? null}::boolean, known.show_typing),
        do_not_disturb_until = case when ${doNotDisturbUntil !== undefined} then excluded.do_not_disturb_until
                                    else known.do_not_disturb_until end
    returning show_presence, show_reading, show_typing, do_not_disturb_until`
  if (row === undefined) throw new Error('an upsert returned nothing')
  return row
}
