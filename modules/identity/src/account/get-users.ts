import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { publicUserOf } from './rules.ts'
import * as store from './store.ts'

/** Public profiles by id in no particular order. Unknown ids are omitted. */
export async function getUsers(
  ctx: IdentityContext,
  input: Input<typeof identity, 'getUsers'>,
): Promise<Output<typeof identity, 'getUsers'>> {
  const rows = await store.findUsers(ctx.db, input.ids)
  return { users: rows.map(publicUserOf) }
}
