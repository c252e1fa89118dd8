/** Large files in parts: parts that arrived are kept, whatever happens to the connection or this process. */
import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { chat, FileInfo } from '@octet/contracts/chat'
import { type Db, newId, type Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { fileKeys, fileName, partBytesMax, unattachedMs } from './rules.ts'
import * as fileStore from './store.ts'
import { accessToUpload, checkRoomLeft, checkSize, storeBytes } from './upload-file.ts'

export type Upload = Output<typeof chat, 'createUpload'>

/** Begins an upload. Throws `payload-too-large`, `too-many-files`, `muted`. */
export async function createUpload(ctx: ChatContext, input: Input<typeof chat, 'createUpload'>): Promise<Upload> {
  const { roomId, name, sizeBytes } = input
  await accessToUpload(ctx, roomId)
  checkSize(sizeBytes)
  const { userId: ownerId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  const row = await ctx.db.transaction('chat.createUpload', async tx => {
    await checkRoomLeft(tx, ownerId, sizeBytes)
    return fileStore.insertUpload(tx, { id: newId(), roomId, ownerId, name: fileName(name), sizeBytes, at })
  })
  return uploadOf(row)
}

/** An upload of the caller. Throws `not-found` alike for unknown uploads and for those of others. */
export async function ownUpload(ctx: ChatContext, id: string): Promise<fileStore.UploadRow & { room_id: string }> {
  const upload = await fileStore.findUpload(ctx.db, id, requireUser(ctx.actor).userId)
  if (upload === undefined || upload.room_id === null) throw commonProblem('not-found')
  return { ...upload, room_id: upload.room_id }
}

/**
 * Appends the body at `offset`. When the connection breaks, the bytes that arrived are kept. The last byte completes
 * the file; an empty repeat afterwards succeeds. Throws `upload-offset` with the current offset.
 */
export async function addPart(
  ctx: ChatContext,
  { id, offset, body }: { id: string; offset: number; body: AsyncIterable<Uint8Array> },
): Promise<{ offset: number; file: FileInfo | null }> {
  let upload = await ownUpload(ctx, id)
  const { is_encrypted: isEncrypted } = await accessToUpload(ctx, upload.room_id)
  if (upload.arrived !== offset) throw elsewhere(upload.arrived)
  if (upload.arrived < upload.size_bytes) {
    const arrived = await storePart(ctx, upload, body)
    upload = { ...arrived, room_id: upload.room_id }
  }
  if (upload.arrived < upload.size_bytes) return { offset: upload.arrived, file: null }
  const { owner_id: ownerId, room_id: roomId, name, size_bytes: sizeBytes } = upload
  const known = await fileStore.findFile(ctx.db, id)
  if (known === undefined) {
    const at = new Date(ctx.now()).toISOString()
    await ctx.db.transaction('chat.addPart', tx =>
      fileStore.insertFile(tx, { id, roomId, ownerId, name, sizeBytes, at }),
    )
  }
  const file = await storeBytes(ctx, { id, ownerId, name, isEncrypted, isInParts: true }, wholeOf(ctx, id)).catch(
    async error => {
      // A repeat would be refused again, so the parts are worthless.
      if ((error as { status?: number }).status === 415) await removeUpload(ctx, id)
      throw error
    },
  )
  await removeUpload(ctx, id)
  return { offset: upload.arrived, file }
}

function elsewhere(arrived: number) {
  return problem('upload-offset', { detail: `Go on from ${arrived}.`, data: { offset: arrived } })
}

async function storePart(
  ctx: ChatContext,
  { id, size_bytes, arrived }: fileStore.UploadRow,
  body: AsyncIterable<Uint8Array>,
): Promise<fileStore.UploadRow> {
  const partId = newId()
  const key = fileKeys.part(id, partId)
  const sizeBytesMax = Math.min(partBytesMax, size_bytes - arrived)
  const { sizeBytes } = await ctx.storage.put(key, body, { sizeBytesMax })
  const row = await ctx.db.transaction('chat.addPart', tx =>
    fileStore.addPart(tx, { uploadId: id, startsAt: arrived, partId, sizeBytes }),
  )
  if (row !== undefined) return row
  await ctx.storage.delete(key)
  const now = await ownUpload(ctx, id)
  throw elsewhere(now.arrived)
}

async function* wholeOf(ctx: ChatContext, id: string): AsyncIterable<Uint8Array> {
  for (const partId of await fileStore.partsOf(ctx.db, id)) {
    const part = await ctx.storage.get(fileKeys.part(id, partId))
    if (part === undefined) throw commonProblem('not-found') // Given up meanwhile.
    yield* part.body
  }
}

/** Deletes the bytes first: while the row exists, the sweeper still finds them. */
export async function removeUpload(ctx: { storage: ChatContext['storage']; db: Db | Tx }, id: string): Promise<void> {
  for (;;) {
    // By key prefix and not by row, so that a part whose row was never written is found as well.
    const { objects, next } = await ctx.storage.list(`uploads/${id}/`)
    for (const { key } of objects) await ctx.storage.delete(key)
    if (next === undefined) break
  }
  await fileStore.deleteUpload(ctx.db, id)
}

/** An upload as its owner sees it. */
export function uploadOf(row: fileStore.UploadRow): Upload {
  return {
    id: row.id,
    roomId: row.room_id ?? '',
    name: row.name,
    sizeBytes: row.size_bytes,
    offset: row.arrived,
    partBytesMax,
    expiresAt: new Date(Date.parse(row.created_at) + unattachedMs).toISOString(),
  }
}
