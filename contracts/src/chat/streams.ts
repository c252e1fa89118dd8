/** Live streams: the log of each room, and the events that concern one person. */
import { Type } from 'typebox'
import { closed, Id, nullable, stream } from '../define.ts'
import { Presence } from './presence.ts'
import { Cursor, Message, RoleInRoom, Seq, Visibility } from './shapes.ts'

const { seq: _seq, createdAt: _createdAt, authorId: _authorId, ...said } = Message.properties
/** A new message: `seq`, time and author are those of the event. */
const NewMessage = closed(said)

export const roomStream = stream({
  summary: 'All events of a room, in order',
  durability: 'durable',
  scope: 'chat:read',
  events: {
    message: NewMessage,
    'message-changed': Message,
    'message-deleted': closed({ messageId: Id }),
    'room-changed': closed({ name: nullable(Type.String()), topic: Type.String(), visibility: Visibility }),
    'member-joined': closed({ userId: Id, role: RoleInRoom }),
    'member-changed': closed({ userId: Id, role: RoleInRoom, isMuted: Type.Boolean() }),
    'member-left': closed({ userId: Id, reason: Type.Enum(['left', 'removed', 'banned', 'erased']) }),
    'room-deleted': closed({}),
    /** An encrypted room's group advanced; the devices apply the commit to reach `epoch`. */
    'group-changed': closed({ epoch: Type.Integer(), commit: nullable(Type.String()) }),
  },
  commands: {
    message: { operation: 'sendMessage', key: 'roomId', ordered: true },
    edit: { operation: 'editMessage', key: 'roomId', ordered: true },
    delete: { operation: 'deleteMessage', key: 'roomId', ordered: true },
    react: { operation: 'react', key: 'roomId', ordered: true },
    read: { operation: 'markRead', key: 'roomId' },
    delivered: { operation: 'markDelivered', key: 'roomId' },
  },
  relays: { typing: closed({ on: Type.Boolean() }) },
  rechecks: { 'member-left': 'userId', 'room-deleted': '*' },
})

export const inboxStream = stream({
  summary: 'Events that concern one person, in all their rooms',
  durability: 'durable',
  scope: 'chat:read',
  events: {
    'room-added': closed({ roomId: Id }),
    'room-removed': closed({ roomId: Id }),
    mention: closed({ roomId: Id, messageId: Id }),
  },
})

export const receiptsStream = stream({
  summary: 'How far members of a room have received and read; a later event replaces a lost one',
  durability: 'ephemeral',
  scope: 'chat:read',
  events: { cursor: Cursor },
})

export const readsStream = stream({
  summary: 'How far one person has read in each of their rooms, for all their devices; after a reconnect ask listRooms',
  durability: 'ephemeral',
  scope: 'chat:read',
  events: { read: closed({ roomId: Id, readSeq: Seq }) },
})

export const presenceStream = stream({
  summary:
    'Who of a room comes, goes or falls idle; ask listPresence first. Silent in rooms with more than 100 members',
  durability: 'ephemeral',
  scope: 'chat:read',
  events: { presence: Presence },
})
