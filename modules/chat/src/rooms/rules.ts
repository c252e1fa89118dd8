/** Decisions about rooms that need neither database nor clock. */
import { createHash } from 'node:crypto'
import { type MemberRole, memberRoles } from '@octet/contracts/chat'

export const membersMax = 10_000
/** Durable changes of one room: a burst of this size, then twenty a second. */
export const roomRate = { max: 600, windowMs: 30_000 } as const
/** Unread messages are counted up to this number; a badge shows no more. */
export const unreadMax = 100

/** Whether a role ranks at least as high as another. */
export function isAtLeast(role: MemberRole, wanted: MemberRole): boolean {
  return memberRoles.indexOf(role) >= memberRoles.indexOf(wanted)
}

/** Names of public rooms that differ only in case, width or spaces are equal. */
export function nameKey(name: string): string {
  return normalName(name).normalize('NFKC').toLowerCase()
}

/** The name with single spaces, trimmed, and without invisible or bidirectional control characters. */
export function normalName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Identifies the set of people of a direct conversation, in any order. */
export function directKey(userIds: readonly string[]): string {
  return createHash('sha256')
    .update([...userIds].sort().join(' '))
    .digest('base64url')
}

/** Bidirectional control characters. They would affect text beyond the string they are in. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** One line of text without control characters, bidirectional ones included. */
export function oneLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(turning, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Name of a room's stream. */
export function roomStream(roomId: string): string {
  return `chat:room:${roomId}`
}
