import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { lockUser, setDisabled } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { endSessions, revokeOlderTokens } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { advanceErasuresJob, nextStep } from './rules.ts'
import * as store from './store.ts'

const batchMax = 100

/** Advances every due erasure, one transaction each, so a crash repeats at most one step. Publishes `user-erasing`. */
export async function advanceErasures(ctx: IdentityContext): Promise<void> {
  for (let moved = 0; moved < batchMax; moved++) {
    const isMoved = await ctx.db.transaction('identity.advanceErasures', async tx => {
      const erasure = await store.lockDueErasure(tx, new Date(ctx.now()).toISOString())
      if (erasure === undefined) return false
      const { state, afterMs } = nextStep(erasure.state)
      const dueAt = new Date(ctx.now() + afterMs)
      if (state === 'frozen') {
        await freezeAccount(tx, erasure.user_id)
        await ctx.jobs.enqueue(tx, advanceErasuresJob, {}, { runAt: dueAt, key: 'settled' })
      } else await askModules(ctx, tx, erasure)
      await store.moveErasure(tx, erasure.id, { state, dueAt: dueAt.toISOString() })
      return true
    })
    if (!isMoved) return
  }
}

/** Invalidates every credential of the account from the commit on, everywhere within a second. */
async function freezeAccount(tx: Tx, userId: string): Promise<void> {
  if ((await lockUser(tx, userId)) === undefined) return
  const { access_version: version } = await setDisabled(tx, userId, 'This account is being deleted.')
  await revokeOlderTokens(tx, { userId, version, keepMs: revocationKeepMs })
  await endSessions(tx, { userId, allBut: null }, { reason: 'erasing', keepMs: revocationKeepMs })
}

async function askModules(
  ctx: IdentityContext,
  tx: Tx<typeof identity>,
  { id, user_id: userId, state }: store.ErasureRow,
): Promise<void> {
  const missing = await store.expectAnswers(tx, id, ctx.personalDataModules)
  if (state === 'erasing') ctx.log.warn({ requestId: id, missing }, 'modules have not erased yet; asked again')
  await tx.publish('user-erasing', { requestId: id, userId })
}
