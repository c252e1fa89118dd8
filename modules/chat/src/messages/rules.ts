/** Decisions about messages that need neither database nor clock. */
import { createHash } from 'node:crypto'

export const reactionKindsMax = 20

export const pinsMax = 50

const mentionsMax = 50

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

/** The first web address in a message; one in angle brackets or in code is not meant to be followed. */
export function firstLink(body: string): string | undefined {
  const text = body.replace(/`[^`]*`/g, ' ')
  const found = /(?<![<\w])https?:\/\/[^\s<>"'`]{3,1500}/i.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '')
  return found !== undefined && URL.canParse(found) ? new URL(found).href : undefined
}
