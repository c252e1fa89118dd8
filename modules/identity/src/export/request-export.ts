import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { accessOwnAccount } from '../account/access.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { expectAnswers } from '../erasure/store.ts'
import { problem } from '../problem.ts'
import { exportOf, keptDays } from './rules.ts'
import { insertExport } from './store.ts'

const dayMs = 24 * 60 * 60_000

/** Requests each module's part of the caller's export. Publishes `export-requested`. Throws `export-running`. */
export async function requestExport(ctx: IdentityContext): Promise<Output<typeof identity, 'requestExport'>> {
  const now = ctx.now()
  return ctx.db.transaction('identity.requestExport', async tx => {
    const { id: userId } = await accessOwnAccount(tx, ctx.actor)
    const id = newId()
    const expiresAt = new Date(now + keptDays * dayMs).toISOString()
    const row = await insertExport(tx, { id, userId, now: new Date(now).toISOString(), expiresAt })
    if (row === undefined) throw problem('export-running')
    await expectAnswers(tx, id, ctx.personalDataModules)
    await tx.publish('export-requested', { requestId: id, userId })
    await audit(ctx, tx, { userId, action: 'export-asked' })
    return exportOf(row)
  })
}
