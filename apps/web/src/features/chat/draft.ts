/** What was typed but not sent, for each room; survives a reload and is forgotten with the account. */
import { keepText, keptText } from '../../shared/drafts.ts'

const nameOf = (roomId: string, threadId: string | undefined) => `chat.${threadId ?? roomId}`

export function readRoomDraft(roomId: string, threadId?: string): string {
  return keptText(nameOf(roomId, threadId))
}

export function keepRoomDraft(roomId: string, threadId: string | undefined, text: string): void {
  keepText(nameOf(roomId, threadId), text)
}
