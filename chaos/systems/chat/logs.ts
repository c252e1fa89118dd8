/** The event logs of rooms, from the database. */
import { openPool } from '@octet/db'
import type { RoomEvent } from './room-oracle.ts'

export interface LoggedEvent extends RoomEvent {
  readonly at: string
}

/** Every event of each room, in order. */
export async function readLogs(databaseUrl: string, rooms: readonly string[]): Promise<Map<string, LoggedEvent[]>> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    const logs = new Map<string, LoggedEvent[]>()
    for (const room of rooms) {
      const rows = await pool<{ seq: number; id: string; type: string; cmid: string | null; at: string }[]>`
        select seq::int, id, type, cmid, at from chat.stream_events
        where stream = ${`chat:room:${room}`} order by seq`
      logs.set(
        room,
        rows.map(({ cmid, ...row }) => ({ ...row, ...(cmid === null ? {} : { cmid }) })),
      )
    }
    return logs
  } finally {
    await pool.end({ timeout: 1 })
  }
}
