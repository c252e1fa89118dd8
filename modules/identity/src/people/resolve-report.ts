import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { cleanNote } from './report-user.ts'
import { closeReport, reportExists } from './store.ts'

/** Closes a report. Any action against the account is a separate operation. Throws `not-found`, `report-resolved`. */
export async function resolveReport(
  ctx: IdentityContext,
  { id, outcome, note }: Input<typeof identity, 'resolveReport'>,
): Promise<Output<typeof identity, 'resolveReport'>> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('identity.resolveReport', async tx => {
    const closed = await closeReport(tx, id, { resolverId: userId, outcome, note: cleanNote(note) })
    if (closed === undefined)
      throw (await reportExists(tx, id)) ? problem('report-resolved') : commonProblem('not-found')
    const entry = { userId, action: 'report-resolved', otherUserId: closed.subject_id, details: { outcome } } as const
    await audit(ctx, tx, entry)
  })
  return {}
}
