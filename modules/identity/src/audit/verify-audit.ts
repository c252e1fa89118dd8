import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { findUser } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { createChainCheck, isSealGood } from './rules.ts'
import { readEntries, shareHead } from './store.ts'

type Verification = Output<typeof identity, 'verifyAudit'>

const entriesPerRead = 500

/** Verifies the caller's audit chain: no entry was changed, removed, inserted or cut off. */
export function verifyAudit(ctx: IdentityContext): Promise<Verification> {
  return verifyChain(ctx, requireUser(ctx.actor).userId)
}

/** Verifies any account's audit chain. Throws `not-found`. */
export async function verifyUserAudit(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'verifyUserAudit'>,
): Promise<Verification> {
  if ((await findUser(ctx.db, id)) === undefined) throw commonProblem('not-found')
  return verifyChain(ctx, id)
}

/** Reads the whole chain while it is locked against appends. */
function verifyChain({ db, auditKey }: IdentityContext, userId: string): Promise<Verification> {
  return db.transaction('identity.verifyAudit', async tx => {
    const head = await shareHead(tx, userId)
    const check = createChainCheck(head)
    let entries = 0
    for (;;) {
      const rows = await readEntries(tx, { userId, after: check.nextSeq() - 1, limit: entriesPerRead })
      for (const row of rows) {
        if (!check.accept(row)) return { intact: false, entries, brokenAt: check.nextSeq() }
        entries++
      }
      if (rows.length < entriesPerRead) break
    }
    const intact = check.isAtEnd() && isSealGood(auditKey, head)
    return { intact, entries, brokenAt: intact ? null : check.nextSeq() }
  })
}
