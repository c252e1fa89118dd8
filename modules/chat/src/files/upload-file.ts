/** From incoming bytes to a file that a message can refer to. */
import { commonProblem, type Output, Problem, requireUser } from '@octet/contracts'
import type { chat, FileInfo } from '@octet/contracts/chat'
import { type Db, newId, type Tx } from '@octet/db'
import { type DrawnPicture, NotAPictureError, type PictureKind } from '@octet/pictures'
import { type ChatContext, problem } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import type { PlacedRoom } from '../rooms/store.ts'
import {
  accountBytesMax,
  type FileKind,
  fileBytesMax,
  fileKeys,
  fileName,
  fitsName,
  kindOf,
  octets,
  peekBytes,
  tellsOfPlaces,
  thumbnailEdge,
  waitingMax,
} from './rules.ts'
import * as fileStore from './store.ts'

/** A re-encoded picture can be larger than its source. */
const redrawnBytesMax = 4 * fileBytesMax
const thumbnailBytesMax = 1024 * 1024

export interface Arriving {
  readonly roomId: string
  readonly name: string
  /** The announced size; a larger body is refused in any case. */
  readonly sizeBytes: number | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Receives a whole file as a stream. Throws `payload-too-large`, `file-refused`, `file-not-a-picture`,
 * `too-many-files`, `muted`.
 */
export async function uploadFile(ctx: ChatContext, { roomId, name, sizeBytes, body }: Arriving): Promise<FileInfo> {
  const room = await accessToUpload(ctx, roomId)
  const { userId: ownerId } = requireUser(ctx.actor)
  checkSize(sizeBytes ?? 0)
  const id = newId()
  const file = { id, roomId, ownerId, name: fileName(name), sizeBytes: sizeBytes ?? fileBytesMax }
  await ctx.db.transaction('chat.uploadFile', async tx => {
    await checkRoomLeft(tx, ownerId, file.sizeBytes)
    await fileStore.insertFile(tx, { ...file, at: new Date(ctx.now()).toISOString() })
  })
  return storeBytes(ctx, { ...file, isEncrypted: room.is_encrypted }, body)
}

/** Admits members who may write. Throws `not-a-member`, `muted`. */
export async function accessToUpload(ctx: ChatContext, roomId: string): Promise<PlacedRoom> {
  const room = await accessAsReader(ctx, roomId)
  const until = room.muted_until
  if (until !== null && Date.parse(until) > ctx.now())
    throw problem('muted', { detail: `You are muted until ${until}.` })
  return room
}

/** Throws `payload-too-large` for an announced size over the limit. */
export function checkSize(sizeBytes: number): void {
  if (sizeBytes <= fileBytesMax) return
  throw commonProblem('payload-too-large', { detail: `A file has at most ${fileBytesMax} bytes.` })
}

/** Throws `too-many-files`. The account's other uploads wait for this transaction. */
export async function checkRoomLeft(tx: Tx<typeof chat>, ownerId: string, sizeBytes: number): Promise<void> {
  await fileStore.lockUsage(tx, ownerId)
  const { bytes, waiting } = await fileStore.usageOf(tx, ownerId)
  if (waiting >= waitingMax) throw problem('too-many-files', { detail: 'Send those that wait, or remove them.' })
  if (bytes + sizeBytes > accountBytesMax) {
    throw problem('too-many-files', { detail: `${accountBytesMax} bytes are kept for one account.` })
  }
}

export interface Unstored {
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly isEncrypted: boolean
  /** The parts are stored already: a temporary failure (a full disk, no database) must not discard them. */
  readonly isInParts?: true
}

type Storing = Pick<ChatContext, 'storage' | 'pictures'> & { readonly db: Db | Tx }

/**
 * Stores the bytes of a file in state `arriving` and marks it ready. A failed file is given up and swept later, unless
 * it can be retried from its parts.
 */
export async function storeBytes(ctx: Storing, file: Unstored, body: AsyncIterable<Uint8Array>): Promise<FileInfo> {
  try {
    const { head, whole } = await peek(body)
    if (head.byteLength === 0) throw commonProblem('validation-failed', { detail: 'The file is empty.' })
    const kind: FileKind = file.isEncrypted ? { contentType: octets, picture: null } : kindOf(head)
    if (tellsOfPlaces(kind)) {
      throw problem('file-refused', { detail: 'It may say where it was taken; send the picture as JPEG.' })
    }
    if (!file.isEncrypted && !fitsName(file.name, kind)) {
      throw problem('file-refused', { detail: `${file.name} is ${kind.contentType}.` })
    }
    const known =
      kind.picture === null
        ? await storeOther(ctx, file.id, kind, whole)
        : await storePicture(ctx, { id: file.id, account: file.ownerId, kind: kind.picture }, whole)
    const row = await fileStore.completeFile(ctx.db, file.id, known)
    // Another request finished the same upload concurrently.
    const ready = row ?? (await fileStore.findFile(ctx.db, file.id))
    if (ready === undefined) throw commonProblem('not-found')
    return fileOf(ready)
  } catch (error) {
    const isRefused = error instanceof Problem && error.status < 500
    // When this fails too, the sweeper finds it a day later.
    if (isRefused || file.isInParts !== true)
      await fileStore.giveUpFile(ctx.db, file.id, file.ownerId).catch(() => undefined)
    throw error
  }
}

type Known = Parameters<typeof fileStore.completeFile>[2]

async function storeOther(
  ctx: Storing,
  id: string,
  { contentType }: FileKind,
  body: AsyncIterable<Uint8Array>,
): Promise<Known> {
  const stored = await ctx.storage.put(fileKeys.file(id), body, { sizeBytesMax: fileBytesMax, contentType })
  const { sizeBytes, sha256 } = stored
  return { contentType, sizeBytes, sha256, width: null, height: null, hasThumbnail: false }
}

interface ArrivingPicture {
  readonly id: string
  readonly account: string
  readonly kind: PictureKind
}

/** Re-encodes a picture; the original is never shown. Throws `file-not-a-picture`. */
async function storePicture(ctx: Storing, picture: ArrivingPicture, body: AsyncIterable<Uint8Array>): Promise<Known> {
  const { id, kind: contentType } = picture
  await ctx.storage.put(fileKeys.incoming(id), body, { sizeBytesMax: fileBytesMax, contentType })
  const drawn = await drawPicture(ctx, picture).catch(error => {
    throw error instanceof NotAPictureError ? problem('file-not-a-picture') : error
  })
  const stored = await ctx.storage.stat(fileKeys.file(id))
  if (stored === undefined) throw new Error(`the picture ${id} was stored and is not there`)
  const { sizeBytes, sha256 } = stored
  return { ...drawn, sizeBytes, sha256, hasThumbnail: true }
}

async function drawPicture(ctx: Storing, { id, account, kind }: ArrivingPicture): Promise<DrawnPicture> {
  const drawn = await ctx.pictures.redraw(await read(ctx, fileKeys.incoming(id)), { account, kind }, bytes =>
    ctx.storage.put(fileKeys.file(id), bytes, { sizeBytesMax: redrawnBytesMax, contentType: kind }),
  )
  await ctx.storage.delete(fileKeys.incoming(id))
  const size = { account, edge: thumbnailEdge }
  await ctx.pictures.shrink(await read(ctx, fileKeys.file(id)), size, bytes =>
    ctx.storage.put(fileKeys.thumbnail(id), bytes, { sizeBytesMax: thumbnailBytesMax, contentType: 'image/webp' }),
  )
  return drawn
}

async function read(ctx: Storing, key: string) {
  const found = await ctx.storage.get(key)
  if (found === undefined) throw new Error(`${key} was stored and is not there`)
  return found.body
}

/** The first bytes, and the whole stream including them. */
async function peek(body: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; whole: AsyncIterable<Uint8Array> }> {
  const rest = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  while (sizeBytes < peekBytes) {
    const { done, value } = await rest.next()
    if (done === true) break
    chunks.push(value)
    sizeBytes += value.byteLength
  }
  async function* whole() {
    yield* chunks
    yield* { [Symbol.asyncIterator]: () => rest }
  }
  return { head: Buffer.concat(chunks).subarray(0, peekBytes), whole: whole() }
}

/** A file as the API returns it. */
export function fileOf(row: fileStore.FileRow): Output<typeof chat, 'getMessage'>['files'][number] {
  return {
    id: row.id,
    name: row.name,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256 ?? '',
    width: row.width,
    height: row.height,
    hasThumbnail: row.has_thumbnail,
  }
}
