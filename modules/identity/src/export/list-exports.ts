import { type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { exportOf } from './rules.ts'
import * as store from './store.ts'

/** Archives go after a week and ten a day may be asked for. */
const exportsMax = 100

/** The caller's archives, newest first. */
export async function listExports(ctx: IdentityContext): Promise<Output<typeof identity, 'listExports'>> {
  const rows = await store.listExports(ctx.db, requireUser(ctx.actor).userId, exportsMax)
  return { data: rows.map(exportOf) }
}
