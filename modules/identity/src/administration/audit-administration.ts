import { requireUser } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type AuditNote, audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'

type Administration = Pick<AuditNote, 'action' | 'details'> & { readonly subjectId: string; readonly reason?: string }

/**
 * Writes what one account did to another into the record of both. `reason`, words about the other one, stands in theirs
 * only: it has to go with them, and nothing can be taken out of a chain.
 */
export async function auditAdministration(
  ctx: IdentityContext,
  tx: Tx,
  { action, subjectId, details, reason }: Administration,
): Promise<void> {
  const actorId = requireUser(ctx.actor).userId
  const note = { action, details }
  const notes: AuditNote[] = [{ ...note, userId: actorId, otherUserId: subjectId }]
  if (actorId !== subjectId) {
    const told = reason === undefined ? details : { ...details, reason }
    notes.push({ action, details: told, userId: subjectId, otherUserId: actorId, by: 'administrator' })
  }
  notes.sort((a, b) => (a.userId < b.userId ? -1 : 1)) // chains are held in one order
  for (const one of notes) await audit(ctx, tx, one)
}
