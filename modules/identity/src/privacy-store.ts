/** SQL about giving and erasing what identity keeps of a person. */
import type { Queryable, Tx } from '@octet/db'

/** The account without what would open it. */
export async function accountOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, username, display_name, email, email_verified, to_json(roles) as roles, preferences, created_at,
           updated_at
    from users where id = ${userId}`
}

const devicesMax = 10_000

/** Where the person is or was signed in. */
export async function devicesOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, kind, user_agent, address_prefix, created_at, last_seen_at, revoked_at, revoke_reason
    from sessions where user_id = ${userId} order by created_at limit ${devicesMax}`
}

/** Deletes the account; what belongs to it goes by its foreign keys. */
export async function deleteAccount({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from users where id = ${userId}`
}

/** Rows that are left of it. */
export async function countAccountRows({ sql }: Queryable, userId: string): Promise<number> {
  const [row] = await sql<{ rows: number }[]>`
    select ((select count(*) from users where id = ${userId})
      + (select count(*) from sessions where user_id = ${userId}))::int as rows`
  return row?.rows ?? 0
}
