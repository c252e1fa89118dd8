import { type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { exportOf } from './rules.ts'
import * as store from './store.ts'

/** Exports expire after a week, and an account may request ten a day. */
const exportsMax = 100

/** The caller's exports, newest first. */
export async function listExports(ctx: IdentityContext): Promise<Output<typeof identity, 'listExports'>> {
  const rows = await store.listExports(ctx.db, requireUser(ctx.actor).userId, exportsMax)
  return { data: rows.map(exportOf) }
}
