/** SQL of provider accounts and of sign-ins that are at a provider. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { UserRow } from '../account/rules.ts'
import { userColumns } from '../account/store.ts'

const flowMinutes = 10

export interface NewFlow {
  readonly flowHash: Buffer
  readonly provider: string
  readonly secrets: Buffer
  readonly returnPath: string
  readonly userId: string | null
  readonly sessionId: string | null
}

/** Stores the server's part of a flow. */
export async function insertFlow({ sql }: Db, flow: NewFlow): Promise<void> {
  await sql`
    insert into openid_flows (flow_hash, provider, secrets, return_path, user_id, session_id, expires_at)
    values (${flow.flowHash}, ${flow.provider}, ${flow.secrets}, ${flow.returnPath}, ${flow.userId},
            ${flow.sessionId}, clock_timestamp() + make_interval(mins => ${flowMinutes}))`
}

export interface Flow {
  readonly secrets: Buffer
  readonly return_path: string
  readonly user_id: string | null
  readonly session_id: string | null
}

/**
 * Takes a flow. A single statement, so only one of several concurrent requests succeeds. Runs outside any transaction,
 * so a failed callback uses the flow up too.
 */
export async function takeFlow({ sql }: Db, provider: string, flowHash: Buffer): Promise<Flow | undefined> {
  const [row] = await sql<Flow[]>`
    delete from openid_flows
    where flow_hash = ${flowHash} and provider = ${provider} and expires_at > clock_timestamp()
    returning secrets, return_path, user_id, session_id`
  return row
}

/** The account that this provider account signs in to. Updates its last use. */
export async function useIdentity(
  { sql }: Db,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    with used as (
      update external_identities set used_at = clock_timestamp()
      where issuer = ${issuer} and subject = ${subject}
      returning user_id
    )
    select ${userColumns(sql)} from users where id = (select user_id from used)`
  return row
}

export interface NewIdentity {
  readonly issuer: string
  readonly subject: string
  readonly userId: string
  readonly provider: string
  readonly label: string
}

/** Links a provider account; `false` when it is linked to another account, or the account has one of that provider. */
export async function insertIdentity({ sql }: Tx, identity: NewIdentity): Promise<boolean> {
  const rows = await sql`
    insert into external_identities (issuer, subject, user_id, provider, label)
    values (${identity.issuer}, ${identity.subject}, ${identity.userId}, ${identity.provider}, ${identity.label})
    on conflict do nothing
    returning true`
  return rows.length === 1
}

export interface LinkedRow {
  readonly provider: string
  readonly label: string
  readonly linked_at: string
  readonly used_at: string
}

/** The account's linked provider accounts, oldest first. */
export async function listIdentities({ sql }: Queryable, userId: string): Promise<LinkedRow[]> {
  return await sql<LinkedRow[]>`
    select provider, label, linked_at, used_at from external_identities where user_id = ${userId} order by linked_at`
}

/** Unlinks a provider; `false` when it was not linked. */
export async function deleteIdentity({ sql }: Tx, userId: string, provider: string): Promise<boolean> {
  const rows = await sql`
    delete from external_identities where user_id = ${userId} and provider = ${provider} returning true`
  return rows.length === 1
}

/** Deletes unfinished flows. */
export async function forgetFlows({ sql }: Db): Promise<void> {
  await sql`delete from openid_flows where expires_at < clock_timestamp()`
}
