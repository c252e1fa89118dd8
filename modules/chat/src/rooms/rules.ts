/** Decisions of chat that need neither database nor clock. */
import { createHash } from 'node:crypto'
import { type MemberRole, memberRoles } from '@octet/contracts/chat'

export const membersMax = 10_000
/** Lasting changes of one room in one process: as many at once, then twenty a second. */
export const roomRate = { max: 600, windowMs: 30_000 } as const
/** Unread messages are counted up to here; a badge shows no more. */
export const unreadMax = 100

/** Whether a role stands at least as high as another. */
export function isAtLeast(role: MemberRole, wanted: MemberRole): boolean {
  return memberRoles.indexOf(role) >= memberRoles.indexOf(wanted)
}

/** Names of public rooms that differ only in capitals, width or spaces are the same name. */
export function nameKey(name: string): string {
  return normalName(name).normalize('NFKC').toLowerCase()
}

/** A name without spaces around it, one space inside, and without characters that are invisible or turn text around. */
export function normalName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Identifies the set of people of a direct conversation, in whichever order they are named. */
export function directKey(userIds: readonly string[]): string {
  return createHash('sha256')
    .update([...userIds].sort().join(' '))
    .digest('base64url')
}

/** Characters that turn text around: they would reach beyond the text they are in. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** One line of text without control characters and those that turn text around. */
export function oneLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(turning, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Keys of streams are any text; rooms have ids. */
export function isId(key: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)
}

/** Name of a room's stream. */
export function roomStream(roomId: string): string {
  return `chat:room:${roomId}`
}
