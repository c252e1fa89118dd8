/** Decisions about members that need neither database nor clock. */
import { createHash } from 'node:crypto'
import type { MemberRole } from '@octet/contracts/chat'
import { isAtLeast } from '../rooms/rules.ts'

/** Whether a member may act on another. Members act on lower ranks only, but owners may act on owners. */
export function outranks(actor: MemberRole, subject: MemberRole): boolean {
  if (actor === 'owner') return true
  return isAtLeast(actor, 'moderator') && !isAtLeast(subject, actor)
}

/** The hash that is stored in place of an invitation's token. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
