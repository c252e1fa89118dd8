import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { findUser } from '../account/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { upsertReport } from './store.ts'

/** Reports an account to the moderators. The reported person is not notified. Throws `not-found`, `own-account`. */
export async function reportUser(
  ctx: IdentityContext,
  { id, reason, note }: Input<typeof identity, 'reportUser'>,
): Promise<Output<typeof identity, 'reportUser'>> {
  const { userId } = requireUser(ctx.actor)
  if (id === userId) throw problem('own-account')
  return ctx.once('identity.reportUser', async tx => {
    if ((await findUser(tx, id)) === undefined) throw commonProblem('not-found')
    const text = cleanNote(note ?? '')
    const reportId = await upsertReport(tx, { id: newId(), subjectId: id, reporterId: userId, reason, note: text })
    await audit(ctx, tx, { userId, action: 'reported', otherUserId: id, details: { reason } })
    return { id: reportId }
  })
}

/** Keeps line breaks and removes characters that break the database or a terminal. */
export function cleanNote(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim()
}
