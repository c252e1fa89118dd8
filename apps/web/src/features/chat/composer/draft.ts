/** Unsent text and files of each room; they survive a reload and are deleted with the account's data. */
import type { FileInfo } from '@octet/contracts/chat'
import { keepText, keptText } from '../../../shared/drafts.ts'

const nameOf = (roomId: string, threadId: string | undefined) => `chat.${threadId ?? roomId}`

export function readRoomDraft(roomId: string, threadId?: string): string {
  return keptText(nameOf(roomId, threadId))
}

export function keepRoomDraft(roomId: string, threadId: string | undefined, text: string): void {
  keepText(nameOf(roomId, threadId), text)
}

/** Files of an unsent message: those on the server, and the names of those still uploading. */
export interface FilesDraft {
  readonly arrived: readonly FileInfo[]
  readonly unfinished: readonly string[]
}

const noFiles: FilesDraft = { arrived: [], unfinished: [] }
const filesName = (place: string) => `chat-files.${place}`

export function readFilesDraft(place: string): FilesDraft {
  try {
    return { ...noFiles, ...(JSON.parse(keptText(filesName(place)) || '{}') as Partial<FilesDraft>) }
  } catch {
    return noFiles
  }
}

export function keepFilesDraft(place: string, draft: FilesDraft): void {
  const isEmpty = draft.arrived.length + draft.unfinished.length === 0
  keepText(filesName(place), isEmpty ? '' : JSON.stringify(draft))
}
