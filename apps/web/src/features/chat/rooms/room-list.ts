/** Applies the events of rooms to the list of rooms. Pure functions. */
import type { Cursor, Room } from '@octet/contracts/chat'
import type { RoomEvent } from '../streams/room-log.ts'

export const unreadMax = 100

type Rooms = readonly Room[]

function withRoom(rooms: Rooms, roomId: string, patch: (room: Room) => Room): Rooms {
  return rooms.map(room => (room.id === roomId ? patch(room) : room))
}

function counted(room: Room, event: RoomEvent & { readonly type: 'message' }, userId: string): Room {
  const said = { ...room, lastMessageAt: event.at }
  const { membership } = room
  if (membership === null || event.from === userId || event.seq <= membership.readSeq) return said
  const isMention = event.body.mentions.includes(userId)
  const unread = Math.min(unreadMax, membership.unread + 1)
  const mentions = Math.min(unreadMax, membership.mentions + (isMention ? 1 : 0))
  return { ...said, membership: { ...membership, unread, mentions } }
}

/** Counts, names and heads after an event; an event that the list already includes (`headSeq`) changes nothing. */
export function afterEvent(rooms: Rooms, roomId: string, event: RoomEvent, userId: string): Rooms {
  return withRoom(rooms, roomId, room => {
    if (event.seq <= room.headSeq) return room
    const moved = { ...room, headSeq: event.seq }
    if (event.type === 'message') return counted(moved, event, userId)
    if (event.type === 'room-changed') return { ...moved, ...event.body }
    if (event.type === 'member-joined') return { ...moved, memberCount: room.memberCount + 1 }
    if (event.type === 'member-left') return { ...moved, memberCount: Math.max(0, room.memberCount - 1) }
    return moved
  })
}

/**
 * The list after the user has read a room up to a position, in this tab or another. At the end, the count is zero.
 * Otherwise the remaining count must be loaded ('unknown').
 */
export function afterRead(rooms: Rooms, roomId: string, cursor: Cursor): Rooms | 'unknown' {
  const room = rooms.find(each => each.id === roomId)
  if (room?.membership == null || cursor.readSeq <= room.membership.readSeq) return rooms
  if (room.membership.unread > 0 && cursor.readSeq < room.headSeq) return 'unknown'
  const membership = { ...room.membership, readSeq: cursor.readSeq, unread: 0, mentions: 0 }
  return withRoom(rooms, roomId, each => ({ ...each, membership }))
}

/** Newest message first, as the server orders it; rooms without messages by their creation. */
export function byActivity(rooms: Rooms): Rooms {
  const at = (room: Room) => room.lastMessageAt ?? room.createdAt
  return rooms.toSorted((a, b) => at(b).localeCompare(at(a)))
}

/** The next room to open: mentions before other unread messages, newest first; never the open one. */
export function nextUnread(rooms: Rooms, openId: string | undefined): Room | undefined {
  const others = byActivity(rooms).filter(({ id, membership }) => id !== openId && (membership?.unread ?? 0) > 0)
  const loud = others.filter(({ membership }) => membership?.notify !== 'nothing')
  return loud.find(({ membership }) => (membership?.mentions ?? 0) > 0) ?? loud[0] ?? others[0]
}
