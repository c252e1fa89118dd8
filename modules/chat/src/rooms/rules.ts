/** Decisions of chat that need neither database nor clock. */
import { createHash } from 'node:crypto'
import { type MemberRole, memberRoles } from '@octet/contracts'

export const membersMax = 10_000
export const reactionKindsMax = 20
export const pinsMax = 50
const mentionsMax = 50
/** Lasting changes of one room in one process: as many at once, then twenty a second. */
export const roomRate = { max: 600, windowMs: 30_000 } as const
/** Unread messages are counted up to here; a badge shows no more. */
export const unreadMax = 100

/** Whether a role stands at least as high as another. */
export function isAtLeast(role: MemberRole, wanted: MemberRole): boolean {
  return memberRoles.indexOf(role) >= memberRoles.indexOf(wanted)
}

/** Whether a member may act on another: only upwards of them, except that owners may act on owners. */
export function outranks(actor: MemberRole, subject: MemberRole): boolean {
  if (actor === 'owner') return true
  return isAtLeast(actor, 'moderator') && !isAtLeast(subject, actor)
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

/** Whether nothing of it can be seen: spaces, marks of direction, fillers. */
export function isBlank(text: string): boolean {
  return !/[^\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u200b\u200e\u200f\u2800]/u.test(text)
}

/** The people a message names as `<@id>`, each once. */
export function mentionedIn(body: string): string[] {
  const found = body.matchAll(/<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g)
  return [...new Set(Array.from(found, ([, id]) => id ?? ''))].slice(0, mentionsMax)
}

/** What a `cmid` stands for: another hash under the same one is another message. */
export function bodyHash(content: object): Buffer {
  return createHash('sha256').update(JSON.stringify(content)).digest()
}

/** Of an invitation's token only this is kept. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Keys of streams are any text; rooms have ids. */
export function isId(key: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)
}

/** Name of a room's stream. */
export function roomStream(roomId: string): string {
  return `chat:room:${roomId}`
}
