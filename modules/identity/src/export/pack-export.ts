import { Readable } from 'node:stream'
import { Id } from '@octet/contracts'
import { type Attempt, job, type PayloadOf } from '@octet/jobs'
import type { Language } from '@octet/mail'
import type { Storage } from '@octet/storage'
import { Type } from 'typebox'
import { ZipFile } from 'yazl'
import { findUser } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { mailOwner } from '../mail/notify-owner.ts'
import { exportMail } from '../mail/texts.ts'
import { exportPage, type Part } from './page.ts'
import { archiveKey, deleteArchive, deleteParts, keptDays } from './rules.ts'
import { finishExport } from './store.ts'

const dayMs = 24 * 60 * 60_000
const archiveBytesMax = 100 * 1024 ** 3
/** Version of the export format. Increased when the shape of a file changes. */
const schemaVersion = 1

export const packExportJob = job('identity.pack-export', Type.Object({ exportId: Id }))

/** Packs the parts of an export into one ZIP, streamed from storage to storage. Safe to repeat. */
export async function packExport(
  ctx: IdentityContext,
  { exportId }: PayloadOf<typeof packExportJob>,
  { signal }: Attempt,
): Promise<void> {
  const parts = await partsOf(ctx.archives, exportId)
  const zip = new ZipFile()
  const madeAt = new Date(ctx.now())
  const about = {
    schemaVersion,
    madeAt: madeAt.toISOString(),
    origin: ctx.origin,
    files: parts.map(({ path }) => path),
  }
  zip.addBuffer(Buffer.from(`${JSON.stringify(about, null, 2)}\n`), 'octet.json', { mtime: madeAt })
  const fail = (error: Error) => (zip.outputStream as Readable).destroy(error)
  // Parts are opened one after the other.
  zip.addReadStreamLazy('index.html', { mtime: madeAt }, give => {
    give(null, readableOf(exportPage({ parts, madeAt, read: part => bodyOf(ctx.archives, part.key) }), fail))
  })
  for (const { key, path } of parts) {
    zip.addReadStreamLazy(path, { mtime: madeAt }, give => give(null, readableOf(bodyOf(ctx.archives, key), fail)))
  }
  zip.end()
  const packed = zip.outputStream as Readable
  const { sizeBytes } = await ctx.storage.put(archiveKey(exportId), packed, {
    sizeBytesMax: archiveBytesMax,
    contentType: 'application/zip',
    signal,
  })
  const expiresAt = new Date(ctx.now() + keptDays * dayMs).toISOString()
  if (await finish(ctx, exportId, { sizeBytes, expiresAt })) await deleteParts(ctx.archives, exportId)
  else await deleteArchive(ctx, exportId)
}

/** Marks the export ready and mails its owner. `false` if the export or the account was deleted meanwhile. */
function finish(
  ctx: IdentityContext,
  exportId: string,
  packed: { sizeBytes: number; expiresAt: string },
): Promise<boolean> {
  return ctx.db.transaction('identity.finishExport', async tx => {
    const userId = await finishExport(tx, exportId, packed)
    const user = userId === undefined ? undefined : await findUser(tx, userId)
    if (user === undefined) return false
    const contentOf = (about: { username: string; language: Language }) => exportMail({ ...about, days: keptDays })
    await mailOwner(ctx, tx, user, { kind: 'archive-ready', contentOf })
    return true
  })
}

async function partsOf(archives: Storage, exportId: string): Promise<Part[]> {
  const parts: Part[] = []
  for (let after: string | undefined; ; ) {
    const page = await archives.list(`${exportId}/`, after === undefined ? {} : { after })
    for (const { key } of page.objects) {
      const info = await archives.stat(key)
      if (info !== undefined)
        parts.push({ key, path: info.metadata.path ?? key, isRows: info.metadata.kind === 'rows' })
    }
    if (page.next === undefined) return parts
    after = page.next
  }
}

async function* bodyOf(archives: Storage, key: string): AsyncIterable<Uint8Array> {
  const part = await archives.get(key)
  if (part === undefined) throw new Error(`the part ${key} of an archive is gone`)
  yield* part.body
}

/** A stream whose failure aborts the export instead of the process. */
function readableOf(content: AsyncIterable<Uint8Array>, fail: (error: Error) => void): Readable {
  return Readable.from(content, { objectMode: false }).on('error', fail)
}
