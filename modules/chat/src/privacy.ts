/** The personal data chat keeps, how it is exported, and how it is erased. */
import type { chat } from '@octet/contracts/chat'
import { each, newId, type Tx } from '@octet/db'
import type { Privacy } from '@octet/kernel'
import type { ChatContext } from './context.ts'
import { removeBytes } from './files/delete-file.ts'
import { fileKeys } from './files/rules.ts'
import * as fileStore from './files/store.ts'
import { settingsOf } from './presence/store.ts'
import * as privacyStore from './privacy-store.ts'
import * as memberStore from './rooms/member-store.ts'
import { removeMembership } from './rooms/memberships.ts'
import { roomStream } from './rooms/rules.ts'
import * as roomStore from './rooms/store.ts'

const pageMax = 500
const exportedMax = 10_000
/** Holds the lock of one room while it is erased. */
const roomsPerStep = 5
const filesPerStep = 100

export const privacy: Privacy<typeof chat, ChatContext> = {
  columns: {
    // A room belongs to all its members. It stays when one of them goes and is deleted with the last.
    rooms: {
      ...each('not-personal', 'id', 'kind', 'visibility', 'name', 'name_key', 'topic', 'direct_key', 'is_encrypted'),
      ...each('not-personal', 'is_example', 'member_count', 'created_at', 'last_message_at', 'version'),
      ...each('delete', 'created_by'),
    },
    members: {
      ...each('delete', 'room_id', 'user_id', 'role', 'notify', 'joined_at', 'muted_until', 'delivered_seq'),
      ...each('delete', 'read_seq'),
    },
    bans: each('delete', 'room_id', 'user_id', 'reason', 'banned_by', 'banned_at'),
    invitations: {
      ...each('delete', 'id', 'room_id', 'token_hash', 'created_by', 'created_at', 'expires_at', 'uses_left'),
    },
    sends: each('delete', 'author_id', 'cmid', 'body_hash', 'message_id'),
    // An erased message keeps its place, emptied, so that the order of the room holds.
    messages: {
      ...each('delete', 'body', 'mentions', 'words', 'pinned_at'),
      ...each('anonymise', 'author_id', 'cmid'),
      ...each('not-personal', 'id', 'room_id', 'seq', 'created_at', 'edited_at', 'deleted_at', 'reply_to_id'),
      ...each('not-personal', 'thread_id', 'reply_count', 'last_reply_at', 'is_searchable'),
    },
    reactions: each('delete', 'message_id', 'emoji', 'user_id', 'at'),
    mentions: each('delete', 'user_id', 'room_id', 'seq'),
    // The public half of an encrypted room's group. The names in it are device ids.
    groups: { ...each('not-personal', 'room_id', 'epoch'), ...each('delete', 'group_info') },
    history_copies: each('delete', 'user_id', 'room_id', 'seq', 'sealed'),
    recovery_checks: each('delete', 'user_id', 'check', 'created_at'),
    files: {
      ...each('delete', 'id', 'room_id', 'owner_id', 'message_id', 'place', 'state', 'is_preview', 'name'),
      ...each('delete', 'content_type', 'size_bytes', 'sha256', 'width', 'height', 'has_thumbnail', 'created_at'),
    },
    presence_nodes: each('not-personal', 'id', 'expires_at'),
    presence: each('delete', 'user_id', 'node_id', 'is_idle'),
    settings: {
      ...each('delete', 'user_id', 'show_presence', 'show_reading', 'show_typing', 'do_not_disturb_until'),
      ...each('delete', 'last_seen_at'),
    },
    previews: each('delete', 'message_id', 'url', 'title', 'description', 'site_name', 'image_file_id'),
    moderation: {
      ...each('not-personal', 'id', 'room_id', 'action', 'message_id', 'at'),
      ...each('delete', 'actor_id', 'subject_id', 'detail'),
    },
  },
  async *exportUser({ db, storage }, userId) {
    yield { path: 'messages.jsonl', rows: privacyStore.eachMessageOf(db, userId, pageMax) }
    yield { path: 'rooms.jsonl', rows: await privacyStore.roomsOf(db, userId, exportedMax) }
    yield { path: 'settings.jsonl', rows: [await settingsOf(db, userId)] }
    yield { path: 'files.jsonl', rows: filesAsRows(db, userId) }
    for await (const { id, name } of fileStore.eachFileOf(db, userId, pageMax)) {
      const found = await storage.get(fileKeys.file(id))
      if (found !== undefined) yield { path: `files/${id}${extensionOf(name)}`, body: found.body }
    }
    yield { path: 'reactions.jsonl', rows: await privacyStore.reactionsOf(db, userId, exportedMax) }
  },
  async eraseUser(ctx, tx, userId) {
    const roomIds = await privacyStore.someRoomsWith(tx, userId, roomsPerStep)
    for (const roomId of roomIds) {
      if ((await roomStore.lockRoom(tx, roomId)) === undefined) continue
      await passOwnership(tx, roomId, userId)
      const ghostId = newId()
      if (await removeMembership(tx, { roomId, userId, by: userId, reason: 'erased' }))
        ctx.realtime.recheck('room', roomId, userId)
      await privacyStore.eraseFromRoom(tx, { roomId, stream: roomStream(roomId), userId, ghostId })
      if ((await roomStore.lockRoom(tx, roomId))?.member_count === 0) await endRoom(tx, roomId)
    }
    if (roomIds.length === roomsPerStep) return 'more'
    if (await eraseFiles(ctx, tx, userId)) return 'more'
    await privacyStore.erasePerson(tx, userId, `chat:inbox:${userId}`)
    return 'done'
  },
  verifyErased: ({ db }, userId) => privacyStore.countOf(db, userId),
}

async function* filesAsRows(db: ChatContext['db'], userId: string): AsyncIterable<object> {
  for await (const row of fileStore.eachFileOf(db, userId, pageMax)) {
    const { id, name, content_type: contentType, size_bytes: sizeBytes, room_id: roomId, created_at: createdAt } = row
    yield { id, name, contentType, sizeBytes, roomId, createdAt }
  }
}

function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? ''
}

/** True while there may be more. Bytes are deleted before the rows that refer to them. */
async function eraseFiles(ctx: ChatContext, tx: Tx<typeof chat>, userId: string): Promise<boolean> {
  await fileStore.dropFilesOfOwner(tx, userId)
  const ids = await fileStore.goneOf(tx, userId, filesPerStep)
  await removeBytes(ctx, ids)
  await fileStore.forgetFiles(tx, ids)
  return ids.length === filesPerStep
}

/** Deletes a room without members: its name and topic may be the person's last data. */
async function endRoom(tx: Tx<typeof chat>, roomId: string): Promise<void> {
  await tx.append('room', roomId, { type: 'room-deleted', body: {} })
  await roomStore.deleteRoom(tx, roomId, roomStream(roomId))
}

/** Hands the room of an erased sole owner to its longest-standing moderator, or else member. */
async function passOwnership(tx: Tx<typeof chat>, roomId: string, userId: string): Promise<void> {
  const member = await memberStore.findMember(tx, roomId, userId)
  if (member?.role !== 'owner' || (await memberStore.countOwners(tx, roomId)) > 1) return
  const heir = await memberStore.findHeir(tx, roomId, userId)
  if (heir === undefined) return
  await memberStore.updateMember(tx, heir, { role: 'owner', mutedUntil: null })
  const body = { userId: heir.user_id, role: 'owner' as const, isMuted: false }
  await tx.append('room', roomId, { type: 'member-changed', body, from: heir.user_id })
}
