/** Decisions about members that need neither database nor clock. */
import { createHash } from 'node:crypto'
import type { MemberRole } from '@octet/contracts/chat'
import { isAtLeast } from '../rooms/rules.ts'

/** Whether a member may act on another: only upwards of them, except that owners may act on owners. */
export function outranks(actor: MemberRole, subject: MemberRole): boolean {
  if (actor === 'owner') return true
  return isAtLeast(actor, 'moderator') && !isAtLeast(subject, actor)
}

/** Of an invitation's token only this is kept. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
