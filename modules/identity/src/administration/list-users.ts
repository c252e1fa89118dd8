import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import { managedUserOf } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { IdentityContext } from '../context.ts'

/** All accounts, newest first. `q` matches the start of the name, ignoring case. */
export async function listUsers(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listUsers'>,
): Promise<Output<typeof identity, 'listUsers'>> {
  const { limit, after } = readPage(input)
  const q = input.q?.replace(/\p{Cc}/gu, '')
  const rows = await store.listUsers(ctx.db, { limit, after, q })
  const total = await totalOf(input, rowsMax => store.countUsers(ctx.db, q, rowsMax))
  return pageOf(rows, { limit, total, positionOf: row => ({ at: row.created_at, id: row.id }), view: managedUserOf })
}
