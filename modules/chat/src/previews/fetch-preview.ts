import { Readable } from 'node:stream'
import { Problem } from '@octet/contracts'
import type { chat, Preview } from '@octet/contracts/chat'
import { newId, type Tx } from '@octet/db'
import type { PayloadOf } from '@octet/jobs'
import { OutboundError } from '@octet/outbound'
import { fetchPageHead } from '@octet/pages'
import { NotAPictureError, pictureKindOf } from '@octet/pictures'
import type { ChatContext } from '../context.ts'
import { fileKeys, thumbnailEdge } from '../files/rules.ts'
import * as fileStore from '../files/store.ts'
import { linkPreviews } from '../flags.ts'
import { announce } from '../messages/edit-message.ts'
import type { fetchPreviewJob } from '../messages/request-preview.ts'
import { firstLink } from '../messages/rules.ts'
import * as messageStore from '../messages/store.ts'
import * as roomStore from '../rooms/store.ts'

const imageRequest = {
  headers: { accept: 'image/*' },
  bodyBytesMax: 4 * 1024 * 1024,
  timeoutMs: 8_000,
  redirectsMax: 3,
} as const
const storedBytesMax = 1024 * 1024

type Request = PayloadOf<typeof fetchPreviewJob>

/**
 * Fetches the page and adds its preview to the message. A page without a title, or one that cannot be fetched, gets
 * none. The picture is re-encoded and stored here, so readers' browsers never call that site.
 */
export async function fetchPreview(ctx: ChatContext, request: Request): Promise<void> {
  const message = await messageStore.findMessage(ctx.db, request.roomId, request.messageId)
  if (message === undefined || message.deleted_at !== null) return
  if (!ctx.flags.isOn(linkPreviews, message.author_id)) return
  const page = await fetchPageHead(ctx.outbound, request.url)
  const title = page?.head.title
  if (page === undefined || !title) return
  const imageUrl = page.head.image === undefined ? null : URL.parse(page.head.image, page.url)
  const imageFileId = imageUrl && (await fetchImage(ctx, { ...request, ownerId: message.author_id, imageUrl }))
  const { description, siteName } = page.head
  const preview = { url: request.url, title, description, siteName, imageFileId }
  const isShown = await ctx.db.transaction('chat.fetchPreview', tx => show(tx, request, preview))
  if (!isShown && imageFileId !== null) await fileStore.giveUpFile(ctx.db, imageFileId, message.author_id)
}

async function askForImage({ outbound }: ChatContext, url: URL): Promise<Buffer | undefined> {
  try {
    const answer = await outbound.fetch(url.href, imageRequest)
    return answer.status === 200 ? answer.body : undefined
  } catch (error) {
    if (error instanceof OutboundError) return undefined
    throw error
  }
}

async function fetchImage(
  ctx: ChatContext,
  { roomId, ownerId, imageUrl }: Request & { ownerId: string; imageUrl: URL },
): Promise<string | null> {
  const image = await askForImage(ctx, imageUrl)
  if (image === undefined || pictureKindOf(image) === undefined) return null
  const id = newId()
  const at = new Date(ctx.now()).toISOString()
  await ctx.db.transaction('chat.fetchPreview', tx =>
    fileStore.insertFile(tx, { id, roomId, ownerId, name: 'preview.webp', sizeBytes: 0, at }),
  )
  try {
    const size = { account: ownerId, edge: thumbnailEdge }
    const { width, height } = await ctx.pictures.shrink(Readable.from([image]), size, drawn =>
      ctx.storage.put(fileKeys.file(id), drawn, { sizeBytesMax: storedBytesMax, contentType: 'image/webp' }),
    )
    const stored = await ctx.storage.stat(fileKeys.file(id))
    if (stored === undefined) throw new Error(`the picture ${id} was stored and is not there`)
    const { sizeBytes, sha256 } = stored
    const known = { contentType: 'image/webp', sizeBytes, sha256, width, height, hasThumbnail: false }
    return (await fileStore.completeFile(ctx.db, id, known)) === undefined ? null : id
  } catch (error) {
    await fileStore.giveUpFile(ctx.db, id, ownerId)
    if (error instanceof NotAPictureError || (error instanceof Problem && error.status < 500)) return null
    throw error
  }
}

/** False when the message was edited meanwhile. */
async function show(tx: Tx<typeof chat>, { roomId, messageId, url }: Request, preview: Preview): Promise<boolean> {
  const room = await roomStore.lockRoom(tx, roomId)
  const message = room && (await messageStore.findMessage(tx, roomId, messageId))
  if (message === undefined || message.deleted_at !== null || firstLink(message.body) !== url) return false
  await fileStore.dropFilesOf(tx, messageId, 'preview')
  if (preview.imageFileId !== null) await fileStore.attachPreview(tx, preview.imageFileId, messageId)
  await messageStore.putPreview(tx, messageId, preview)
  await announce(tx, { roomId, messageId })
  return true
}
