import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { totalOf } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import { passkeyViewOf } from './rules.ts'
import { listPasskeyRows, passkeysMax } from './store.ts'

/** The caller's passkeys. They always fit on one page. */
export async function listPasskeys(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listPasskeys'>,
): Promise<Output<typeof identity, 'listPasskeys'>> {
  const rows = await listPasskeyRows(ctx.db, requireUser(ctx.actor).userId)
  const total = await totalOf(input, () => rows.length)
  return { data: rows.map(passkeyViewOf), meta: { limit: passkeysMax, nextCursor: null, hasMore: false, ...total } }
}
