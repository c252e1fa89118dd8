import type { Me } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { accessOwnAccount } from './access.ts'
import { meOf } from './rules.ts'

/** The caller's account. */
export async function getMe(ctx: IdentityContext): Promise<Me> {
  return meOf(await accessOwnAccount(ctx.db, ctx.actor))
}
