/** SQL about the visitor data that is kept for a day. */
import type { Db } from '@octet/db'

/** The salt of a day, equal in every process: the first process to ask stores its offer. */
export async function saltOf({ sql }: Db, day: string, offered: Uint8Array): Promise<string> {
  await sql`insert into visitor_salts (day, salt) values (${day}, ${offered}) on conflict do nothing`
  const [row] = await sql<{ salt: string }[]>`
    select encode(salt, 'base64') as salt from visitor_salts where day = ${day}::date`
  if (row === undefined) throw new Error(`the salt of ${day} is forgotten already`)
  return row.salt
}

/** Deletes salts of days before `today` and at most `limit` visitor sketches of days before `sketchesSince`. */
export async function forgetVisitors(
  { sql }: Db,
  { today, sketchesSince, limit }: { today: string; sketchesSince: string; limit: number },
): Promise<number> {
  await sql`delete from visitor_salts where day < ${today}::date`
  const rows = await sql`
    update click_days set sketch = null
    where (link_id, day) in (
      select link_id, day from click_days where sketch is not null and day < ${sketchesSince}::date limit ${limit})
    returning true`
  return rows.length
}
