/** The state after a run, read from the database directly, past every part that is judged. */
import { openPool, type Sql } from '@octet/db'

/** Rows by table. Rows that an earlier run left behind are recognised by their ids. */
export type SystemState = Readonly<Record<string, readonly { readonly id: string }[]>>

/** What reads the rows of one system. */
export interface StateReader {
  readonly name: string
  readState(sql: Sql): Promise<SystemState>
}

/** One effect of an event, as the probe recorded it. */
export interface Effect {
  readonly event: string
  readonly subject: string
}

export interface State {
  /** By the name of the system. */
  readonly systems: Readonly<Record<string, SystemState>>
  readonly effects: readonly Effect[]
  /** Events of all modules that wait, or are dead letters. */
  readonly outboxWaiting: number
  readonly outboxDead: number
  readonly idleInTransaction: number
}

/** Reads everything in one snapshot. */
export async function readState(databaseUrl: string, systems: readonly StateReader[]): Promise<State> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    return (await pool.begin('isolation level repeatable read', async sql => {
      const states: Record<string, SystemState> = {}
      for (const system of systems) states[system.name] = await system.readState(sql as unknown as Sql)
      const effects = await sql<Effect[]>`select event, subject from chaosprobe.effects`
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
      return { systems: states, effects, outboxWaiting, outboxDead, idleInTransaction: idle?.count as number }
    })) as State
  } finally {
    await pool.end({ timeout: 1 })
  }
}

/** What was added after `before`: several runs may share a database. */
export function since(before: State, now: State, systems: readonly StateReader[]): State {
  const known = new Set(
    Object.values(before.systems).flatMap(state =>
      Object.values(state)
        .flat()
        .map(({ id }) => id),
    ),
  )
  const isNew = ({ id }: { readonly id: string }) => !known.has(id)
  const states = systems.map(({ name }) => {
    const tables = Object.entries(now.systems[name] ?? {}).map(([table, rows]) => [table, rows.filter(isNew)] as const)
    return [name, Object.fromEntries(tables)] as const
  })
  return {
    ...now,
    systems: Object.fromEntries(states),
    effects: now.effects.filter(({ subject }) => !known.has(subject)),
  }
}
