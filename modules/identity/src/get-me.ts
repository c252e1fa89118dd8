import type { Me } from '@octet/contracts'
import { accessOwnAccount } from './access.ts'
import type { IdentityContext } from './context.ts'
import { meOf } from './rules.ts'

/** The caller's account. */
export async function getMe(ctx: IdentityContext): Promise<Me> {
  return meOf(await accessOwnAccount(ctx.db, ctx.actor))
}
