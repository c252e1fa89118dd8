/** Profile pictures: drawn again as a small square, stored under the hash of their bytes, and served by that hash. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { commonProblem, requireUser } from '@octet/contracts'
import { avatarBytesMax, type Me } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { NotAPictureError } from '@octet/pictures'
import type { Storage } from '@octet/storage'
import type { IdentityContext } from '../context.ts'
import { pictureUploads } from '../flags.ts'
import { problem } from '../problem.ts'
import { accessOwnAccount } from './access.ts'
import { meOf } from './rules.ts'
import * as store from './store.ts'

/** Twice the largest size the client shows, for dense screens. */
const edge = 256
/** A square of this edge in WebP stays far below it. */
const drawnBytesMax = 512 * 1024

/**
 * Replaces the caller's picture. Only what is drawn here is stored, so no metadata of the upload survives. Throws
 * `payload-too-large`, `not-a-picture`, `pictures-off`, and `rate-limited` while too many pictures wait.
 */
export async function setAvatar(ctx: IdentityContext, body: AsyncIterable<Uint8Array>): Promise<Me> {
  const { id } = await accessOwnAccount(ctx.db, ctx.actor)
  if (!ctx.flags.isOn(pictureUploads, id)) throw problem('pictures-off')
  const square = await drawSquare(ctx, id, body)
  return change(ctx, id, square)
}

/** Removes the caller's picture. */
export async function removeAvatar(ctx: IdentityContext): Promise<Me> {
  const { id } = await accessOwnAccount(ctx.db, ctx.actor)
  return change(ctx, id, undefined)
}

export interface Avatar {
  readonly body: Readable
  readonly sizeBytes: number
}

/**
 * The current picture of an account. Throws `not-found` for replaced pictures, disabled accounts, and accounts that
 * have blocked the caller.
 */
export async function fetchAvatar(ctx: IdentityContext, asked: { userId: string; hash: string }): Promise<Avatar> {
  const viewerId = requireUser(ctx.actor).userId
  const isShown = await store.showsAvatar(ctx.db, { ...asked, viewerId })
  const found = isShown ? await ctx.storage.get(keyOf(asked.userId, asked.hash)) : undefined
  if (found === undefined) throw commonProblem('not-found')
  return { body: found.body, sizeBytes: found.info.sizeBytes }
}

/** The account's picture for its export. */
export async function avatarFile({ db, storage }: Pick<IdentityContext, 'db' | 'storage'>, userId: string) {
  const hash = (await store.findUser(db, userId))?.avatar_hash ?? null
  return hash === null ? undefined : (await storage.get(keyOf(userId, hash)))?.body
}

/** Deletes every picture of the account but the given one. */
export async function deleteAvatars(storage: Storage, userId: string, kept?: string | null): Promise<void> {
  for (const { key } of (await storage.list(folderOf(userId))).objects) {
    if (kept == null || key !== keyOf(userId, kept)) await storage.delete(key)
  }
}

/** Number of stored pictures of the account. */
export async function countAvatars(storage: Storage, userId: string): Promise<number> {
  return (await storage.list(folderOf(userId))).objects.length
}

async function drawSquare(ctx: IdentityContext, account: string, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    await ctx.pictures.square(Readable.from(bounded(body), { objectMode: false }), { account, edge }, async drawn => {
      for await (const chunk of drawn) {
        sizeBytes += chunk.byteLength
        if (sizeBytes > drawnBytesMax) throw new Error(`a square of ${edge} pixels has ${sizeBytes} bytes`)
        chunks.push(chunk)
      }
    })
  } catch (error) {
    throw error instanceof NotAPictureError ? problem('not-a-picture') : error
  }
  return Buffer.concat(chunks)
}

async function* bounded(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > avatarBytesMax) throw tooLarge()
    yield chunk
  }
}

/** The problem of an upload over the limit. */
export function tooLarge() {
  return commonProblem('payload-too-large', { detail: `A picture has at most ${avatarBytesMax} bytes.` })
}

/**
 * Stores the picture and records its hash under the lock of the account, so concurrent changes cannot delete the
 * picture that counts. What a failed commit leaves behind goes with the next change.
 */
async function change(ctx: IdentityContext, userId: string, square: Buffer | undefined): Promise<Me> {
  const hash = square === undefined ? null : createHash('sha256').update(square).digest('hex')
  const row = await ctx.db.transaction('identity.changeAvatar', async tx => {
    await lock(tx, userId)
    if (square !== undefined && hash !== null) {
      const options = { sizeBytesMax: drawnBytesMax, contentType: 'image/webp' }
      await ctx.storage.put(keyOf(userId, hash), Readable.from([square]), options)
    }
    return store.setAvatarHash(tx, userId, hash)
  })
  await ctx.db.transaction('identity.deleteAvatars', async tx => {
    const current = await lock(tx, userId)
    await deleteAvatars(ctx.storage, userId, current.avatar_hash)
  })
  return meOf(row)
}

async function lock(tx: Tx, userId: string) {
  const user = await store.lockUser(tx, userId)
  if (user === undefined) throw commonProblem('unauthenticated')
  return user
}

const folderOf = (userId: string) => `avatars/${userId}/`
const keyOf = (userId: string, hash: string) => folderOf(userId) + hash
