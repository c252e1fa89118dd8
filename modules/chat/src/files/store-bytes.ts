/** Incoming bytes become a file that a message can refer to: detected, re-encoded when a picture, and stored. */
import { commonProblem, Problem } from '@octet/contracts'
import type { FileInfo } from '@octet/contracts/chat'
import type { Db, Tx } from '@octet/db'
import { type DrawnPicture, NotAPictureError, type PictureKind } from '@octet/pictures'
import { type ChatContext, problem } from '../context.ts'
import {
  type FileKind,
  fileBytesMax,
  fileKeys,
  fitsName,
  kindOf,
  octets,
  peekBytes,
  tellsOfPlaces,
  thumbnailEdge,
} from './rules.ts'
import * as fileStore from './store.ts'
import { fileOf } from './view.ts'

/** A re-encoded picture can be larger than its source. */
const redrawnBytesMax = 4 * fileBytesMax
const thumbnailBytesMax = 1024 * 1024

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
