import type { IdentityContext } from '../context.ts'
import { isSealGood, sealOfHead } from './rules.ts'
import { deleteOldEntries, findLongChains, lockHead, moveBase } from './store.ts'

/** Retention of entries, and the maximum per account. */
const kept = { ageDays: 365, entriesMax: 5_000 }
const accountsPerRun = 500

/** Deletes old entries, oldest first, so the rest stays one chain. Bounded per run. */
export async function trimAudit({ db, auditKey }: IdentityContext): Promise<void> {
  for (const userId of await findLongChains(db, { ...kept, limit: accountsPerRun })) {
    await db.transaction('identity.trimAudit', async tx => {
      const head = await lockHead(tx, userId)
      const last = await deleteOldEntries(tx, head, kept)
      if (last === undefined) return
      const next = { ...head, base_seq: last.seq, base_hash: last.hash }
      await moveBase(tx, { ...next, seal: isSealGood(auditKey, head) ? sealOfHead(auditKey, next) : head.seal })
    })
  }
}
