/** What is really there, read from the database itself, past everything that is judged. */
import { openPool } from '@octet/db'

export interface LinkState {
  readonly id: string
  readonly url: string
  readonly title: string | null
  readonly isDeleted: boolean
  /** Total, and the sum of its parts. */
  readonly clicks: number
  readonly clicksSummed: number
}

export interface State {
  readonly links: readonly LinkState[]
  readonly users: readonly { readonly id: string; readonly username: string }[]
  /** One entry per effect an event had. */
  readonly effects: readonly { readonly event: string; readonly subject: string }[]
  /** Events that wait or were given up on, over all modules. */
  readonly outboxWaiting: number
  readonly outboxDead: number
  readonly idleInTransaction: number
}

/** Reads all of it in one snapshot. */
export async function readState(databaseUrl: string): Promise<State> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    return (await pool.begin('isolation level repeatable read', async sql => {
      const links = await sql<LinkState[]>`
        select links.id, url, title, deleted_at is not null as "isDeleted",
               coalesce(totals.clicks + totals.bots, 0)::int as clicks,
               coalesce((select sum(counts.clicks + counts.bots) from links.click_counts counts
                         where counts.link_id = links.id), 0)::int as "clicksSummed"
        from links.links left join links.click_totals totals on totals.link_id = links.id`
      const users = await sql<State['users'][number][]>`select id, username from identity.users`
      const effects = await sql<State['effects'][number][]>`select event, subject from chaosprobe.effects`
      const schemas = await sql`select schemaname from pg_tables where tablename = 'outbox'`
      let [outboxWaiting, outboxDead] = [0, 0]
      for (const { schemaname } of schemas) {
        const [row] = await sql`
          select count(*) filter (where dead_at is null)::int as waiting, count(dead_at)::int as dead
          from ${sql(schemaname as string)}.outbox`
        outboxWaiting += row?.waiting as number
        outboxDead += row?.dead as number
      }
      const [idle] = await sql`
        select count(*)::int as count from pg_stat_activity
        where state like 'idle in transaction%' and pid <> pg_backend_pid()`
      return { links, users, effects, outboxWaiting, outboxDead, idleInTransaction: idle?.count as number }
    })) as State
  } finally {
    await pool.end({ timeout: 1 })
  }
}

/** What came since: several runs may share a database. */
export function since(before: State, { links, users, effects, ...rest }: State): State {
  const known = new Set([...before.links, ...before.users].map(({ id }) => id))
  const isNew = ({ id }: { readonly id: string }) => !known.has(id)
  return {
    ...rest,
    links: links.filter(isNew),
    users: users.filter(isNew),
    effects: effects.filter(({ subject }) => !known.has(subject)),
  }
}
