/** The shared context of an open room: the current user, the names of people, the possible actions. */
import type { Room } from '@octet/contracts/chat'
import { createContext, type RefObject, use } from 'react'
import type { ChatLive } from '../streams/chat-live.ts'
import type { KnownMessage } from '../streams/room-log.ts'
import type { RoomStore } from '../streams/room-store.ts'
import type { Editing } from './editing.ts'

/** Keeps its identity while messages change, so that rendered messages do not render again. */
export interface OpenRoom {
  readonly room: Room
  readonly store: RoomStore
  readonly live: ChatLive
  readonly myId: string
  readonly nameOf: (userId: string) => string
  /** Path of the person's picture. */
  readonly pictureOf: (userId: string) => string | undefined
  /** The user is a member and not muted. */
  readonly canSpeak: boolean
  readonly canModerate: boolean
  readonly onReply: (message: KnownMessage) => void
  readonly onThread: (rootId: string) => void
  readonly onJump: (seq: number) => void
  readonly editing: Editing
  /** The field for new messages in the room, if it exists. */
  readonly composer: RefObject<HTMLTextAreaElement | null>
}

export const RoomContext = createContext<OpenRoom | undefined>(undefined)

export function useOpenRoom(): OpenRoom {
  const room = use(RoomContext)
  if (room === undefined) throw new Error('this is a part of the page of a room')
  return room
}
