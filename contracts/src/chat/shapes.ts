/** Parts of chat's inputs, outputs and stream events. */
import { type Static, Type } from 'typebox'
import { closed, Id, nullable, Time } from '../define.ts'

export const memberRoles = ['member', 'moderator', 'owner'] as const
export type MemberRole = (typeof memberRoles)[number]
export const RoleInRoom = Type.Enum([...memberRoles])
export const Notify = Type.Enum(['all', 'mentions', 'nothing'])

export const RoomName = Type.String({ minLength: 1, maxLength: 80 })
export const Topic = Type.String({ maxLength: 500 })
export const Visibility = Type.Enum(['public', 'private'])
/** Markdown as typed; shown as text or rendered from a syntax tree, never as HTML. `<@id>` mentions a member. */
export const MessageBody = Type.String({ maxLength: 8_000 })
/** The sender's own id for a message; a repeat with the same content answers alike. */
export const Cmid = Type.String({ minLength: 8, maxLength: 64, pattern: '^[\\x21-\\x7e]+$', examples: ['message-1'] })
const symbol = '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?[\\u{e0020}-\\u{e007f}]{0,10}'
/** One emoji (Unicode TR 51): a symbol, several that are joined, a flag or a keycap. */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: 32,
  examples: ['👍', '🎉', '❤️'],
  pattern: `^(?:${symbol}(?:\\u200d${symbol})*|\\p{Regional_Indicator}{2}|[0-9#*]\\ufe0f?\\u20e3)$`,
})
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const Person = closed({
  id: Id,
  username: Type.String(),
  displayName: Type.String(),
  avatarUrl: Type.Optional(Type.String()),
})

/** The caller's membership; null for public rooms they have not joined. */
const Membership = closed({
  role: RoleInRoom,
  joinedAt: Time,
  notify: Notify,
  mutedUntil: nullable(Time),
  readSeq: Seq,
  unread: Type.Integer({ description: 'messages after readSeq by others; counted up to 100' }),
  mentions: Type.Integer({ description: 'those of them that mention you; counted up to 100' }),
})

export const Room = closed({
  id: Id,
  kind: Type.Enum(['channel', 'direct']),
  visibility: Visibility,
  name: nullable(Type.String({ description: 'null in direct conversations, which are named after their members' })),
  topic: Type.String(),
  memberCount: Type.Integer(),
  isEncrypted: Type.Boolean({ description: 'end to end: the server sees ciphertext only' }),
  isExample: Type.Boolean(),
  createdAt: Time,
  lastMessageAt: nullable(Time),
  /** `seq` of the newest event of the room's stream `chat:room:<id>`. */
  headSeq: Seq,
  version: Type.Integer(),
  membership: nullable(Membership),
  /** In direct conversations the other members, at most eight. */
  people: Type.Array(Person),
})
export type Room = Static<typeof Room>

export const Member = closed({
  ...Person.properties,
  role: RoleInRoom,
  joinedAt: Time,
  mutedUntil: nullable(Time),
})
export type Member = Static<typeof Member>

const Reaction = closed({
  emoji: Type.String(),
  count: Type.Integer(),
  userIds: Type.Array(Id, { description: 'the first 50' }),
})

/** A file of a message; its bytes are at `/chat/files/:id`, its thumbnail at `…/thumbnail`. */
export const FileInfo = closed({
  id: Id,
  name: Type.String(),
  contentType: Type.String({ description: 'detected from the bytes, not declared by the client' }),
  sizeBytes: Type.Integer(),
  sha256: Type.String(),
  /** Only pictures have these. */
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  hasThumbnail: Type.Boolean(),
})
export type FileInfo = Static<typeof FileInfo>

/** The page behind the first address of a message, as it describes itself. Its picture is stored by Octet. */
export const Preview = closed({
  url: Type.String(),
  title: Type.String(),
  description: Type.String(),
  siteName: Type.String(),
  imageFileId: nullable(Id),
})
export type Preview = Static<typeof Preview>

/** A message as it stands now. */
export const Message = closed({
  id: Id,
  roomId: Id,
  /** Its position in the room's stream: the order of `seq` is the order for all members. */
  seq: Seq,
  authorId: Id,
  cmid: Type.String(),
  body: Type.String({ description: 'empty when deleted' }),
  createdAt: Time,
  editedAt: nullable(Time),
  deletedAt: nullable(Time),
  replyToId: nullable(Id),
  threadId: nullable(Id),
  replyCount: Type.Integer(),
  lastReplyAt: nullable(Time),
  mentions: Type.Array(Id),
  reactions: Type.Array(Reaction),
  isPinned: Type.Boolean(),
  files: Type.Array(FileInfo),
  preview: nullable(Preview),
})
export type Message = Static<typeof Message>

/** How far a member has received and read; `readSeq` is 0 for members who hide it. */
export const Cursor = closed({ userId: Id, deliveredSeq: Seq, readSeq: Seq })
export type Cursor = Static<typeof Cursor>
