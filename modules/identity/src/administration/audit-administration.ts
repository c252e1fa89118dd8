import { requireUser } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type AuditNote, audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'

type Administration = Pick<AuditNote, 'action' | 'details'> & { readonly subjectId: string; readonly reason?: string }

/**
 * Records an administrative action in the chains of both accounts. `reason` describes the subject, so only their chain
 * holds it: it is erased with them, and entries cannot be removed from a chain.
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
  notes.sort((a, b) => (a.userId < b.userId ? -1 : 1)) // chains are locked in one order
  for (const one of notes) await audit(ctx, tx, one)
}
