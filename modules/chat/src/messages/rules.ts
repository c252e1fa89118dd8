/** Decisions about messages that need neither database nor clock. */
import { createHash } from 'node:crypto'
import type { Message } from '@octet/contracts/chat'

export const reactionKindsMax = 20

export const pinsMax = 50

const mentionsMax = 50

/** Whether the text has no visible character: only spaces, direction marks and fillers. */
export function isBlank(text: string): boolean {
  return !/[^\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u200b\u200e\u200f\u2800]/u.test(text)
}

/** The people a message mentions as `<@id>`, each once. */
export function mentionedIn(body: string): string[] {
  const found = body.matchAll(/<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g)
  return [...new Set(Array.from(found, ([, id]) => id ?? ''))].slice(0, mentionsMax)
}

/** The content behind a `cmid`: a different hash under the same cmid is a different message. */
export function bodyHash(content: object): Buffer {
  return createHash('sha256').update(JSON.stringify(content)).digest()
}

/** The message without what others have added to it. */
export function asSent(message: Message): Message {
  return { ...message, replyCount: 0, lastReplyAt: null, reactions: [], isPinned: false, preview: null }
}

/** The first web address in a message. Addresses in angle brackets or code get no preview. */
export function firstLink(body: string): string | undefined {
  const text = body.replace(/`[^`]*`/g, ' ')
  const found = /(?<![<\w])https?:\/\/[^\s<>"'`]{3,1500}/i.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '')
  return found !== undefined && URL.canParse(found) ? new URL(found).href : undefined
}
