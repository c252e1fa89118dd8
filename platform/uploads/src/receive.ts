/** From parts to a whole: parts that arrived are kept, whatever happens to the connection or this process. */
import { commonProblem, Problem, requireUser } from '@octet/contracts'
import { newId } from '@octet/db'
import type { Target, UploadContext, UploadsOptions } from './context.ts'
import { removeUpload } from './remove.ts'
import { partKeys, type UploadRow, uploadOf } from './rules.ts'
import { eachPartOf, type UploadStore } from './store.ts'

export interface Part {
  readonly id: string
  /** Where the part begins. */
  readonly offset: number
  readonly body: AsyncIterable<Uint8Array>
}

export interface Added<Result> {
  readonly offset: number
  /** What the whole became; `null` until the last byte is there. */
  readonly file: Result | null
}

export interface Receiver<Ctx, T extends Target, Result> {
  /** An upload of the actor. Throws `not-found` alike for unknown uploads and for those of others. */
  access(ctx: Ctx, id: string): Promise<UploadRow<T>>
  /**
   * Appends the body at `offset`. When the connection breaks, the bytes that arrived are kept. The last byte completes
   * the file; until that succeeds, an empty part tries again. Throws `upload-offset` with the current offset.
   */
  addPart(ctx: Ctx, part: Part): Promise<Added<Result>>
}

/** A part was deleted while the whole was read: another process finished the upload, or its owner cancelled it. */
class PartGoneError extends Error {}

/** Receives the parts of uploads and finishes the whole ones. */
export function createReceiver<Ctx extends UploadContext, T extends Target, View, Result>(
  options: UploadsOptions<Ctx, T, View, Result>,
  store: UploadStore<T>,
): Receiver<Ctx, T, Result> {
  const { module, problem, limits } = options
  /** A client whose connection broke asks again while its first request still works on the whole. */
  const finishing = new Map<string, Promise<Result>>()

  const elsewhere = ({ arrived: offset }: UploadRow<T>) =>
    problem('upload-offset', { detail: `Go on from ${offset}.`, data: { offset } })

  async function access(ctx: Ctx, id: string): Promise<UploadRow<T>> {
    const row = await store.find(ctx.db, id, requireUser(ctx.actor).userId)
    if (row === undefined) throw commonProblem('not-found')
    return row
  }

  async function storePart(ctx: Ctx, upload: UploadRow<T>, body: AsyncIterable<Uint8Array>): Promise<UploadRow<T>> {
    const { id, size_bytes, arrived } = upload
    const partId = newId()
    const key = partKeys.part(id, partId)
    const sizeBytesMax = Math.min(limits.partBytesMax, size_bytes - arrived)
    const { sizeBytes } = await ctx.storage.put(key, body, { sizeBytesMax })
    // Recorded, an empty part would occupy the position of the next.
    const row =
      sizeBytes === 0
        ? undefined
        : await ctx.db.transaction(`${module}.addPart`, tx =>
            store.addPart(tx, { uploadId: id, startsAt: arrived, partId, sizeBytes }),
          )
    if (row !== undefined) return row
    await ctx.storage.delete(key)
    const now = await access(ctx, id)
    if (sizeBytes > 0) throw elsewhere(now)
    return now
  }

  function finishOnce(ctx: Ctx, row: UploadRow<T>): Promise<Result> {
    const running =
      finishing.get(row.id) ?? finishUpload(ctx, row, options.finish).finally(() => finishing.delete(row.id))
    finishing.set(row.id, running)
    return running
  }

  return {
    access,
    async addPart(ctx, { id, offset, body }) {
      let upload = await access(ctx, id)
      await options.checkAccess(ctx, uploadOf(upload))
      if (upload.arrived !== offset) throw elsewhere(upload)
      if (upload.arrived < upload.size_bytes) upload = await storePart(ctx, upload, body)
      if (upload.arrived < upload.size_bytes) return { offset: upload.arrived, file: null }
      return { offset: upload.arrived, file: await finishOnce(ctx, upload) }
    },
  }
}

/** Makes the parts a file, then deletes them. A failure keeps them, unless the content is refused. */
async function finishUpload<Ctx extends UploadContext, T extends Target, Result>(
  ctx: Ctx,
  row: UploadRow<T>,
  finish: UploadsOptions<Ctx, T, unknown, Result>['finish'],
): Promise<Result> {
  const whole = wholeOf(ctx, row)
  try {
    const result = await finish(ctx, uploadOf(row), whole)
    await removeUpload(ctx, row.id)
    return result
  } catch (error) {
    if (error instanceof PartGoneError) throw commonProblem('not-found')
    // A repeat would be refused again, so the parts are worthless.
    if (error instanceof Problem && error.status === 415) await removeUpload(ctx, row.id)
    throw error
  } finally {
    // A module that stops reading early leaves a part open. A read that hangs must not hold up the answer.
    void whole.return(undefined).catch(() => undefined)
  }
}

/** Throws rather than end early: `finish` must not take a part of the file for the whole. */
async function* wholeOf(
  ctx: UploadContext,
  { id, size_bytes: sizeBytes }: UploadRow<Target>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let readBytes = 0
  for await (const partId of eachPartOf(ctx.db, id)) {
    const part = await ctx.storage.get(partKeys.part(id, partId))
    if (part === undefined) break
    readBytes += part.info.sizeBytes
    yield* part.body
  }
  if (readBytes !== sizeBytes) throw new PartGoneError(`parts of the upload ${id} were deleted while they were read`)
}
