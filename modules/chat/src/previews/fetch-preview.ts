import { Readable } from 'node:stream'
import { type chat, Problem } from '@octet/contracts'
import { newId, type Tx } from '@octet/db'
import type { Json } from '@octet/jobs'
import { type OutboundAnswer, OutboundError } from '@octet/outbound'
import type { ChatContext } from '../context.ts'
import { fileKeys, kindOf, peekBytes } from '../files/rules.ts'
import * as fileStore from '../files/store.ts'
import { announce } from '../messages/edit-message.ts'
import { firstLink } from '../messages/rules.ts'
import * as messageStore from '../messages/store.ts'
import * as roomStore from '../rooms/store.ts'
import { type PageFacts, readPageFacts } from './page-facts.ts'

const pageBytesMax = 256 * 1024
const imageBytesMax = 4 * 1024 * 1024
const storedBytesMax = 1024 * 1024
const timeoutMs = 8_000
const redirectsMax = 3

interface Wanted {
  readonly roomId: string
  readonly messageId: string
  readonly url: string
}

/**
 * Reads the page and tells the room. A page that cannot be had, or says nothing of itself, has no preview. Its picture
 * is fetched, drawn anew and kept here: readers' browsers never call that site.
 */
export async function fetchPreview(ctx: ChatContext, payload: Json): Promise<void> {
  const wanted = payload as unknown as Wanted
  const page = await ask(ctx, wanted.url, { accept: 'text/html', bodyBytesMax: pageBytesMax, truncate: true })
  if (page === undefined || !/^(text\/html|application\/xhtml\+xml)/i.test(page.headers['content-type'] ?? '')) return
  const facts = readPageFacts(textOf(page))
  const message = facts && (await messageStore.findMessage(ctx.db, wanted.roomId, wanted.messageId))
  if (facts === undefined || message === undefined || message.deleted_at !== null) return
  const imageFileId = await fetchImage(ctx, { ...wanted, ownerId: message.author_id, page, facts })
  const isShown = await ctx.db.transaction('chat.fetchPreview', tx => show(tx, wanted, facts, imageFileId))
  if (!isShown && imageFileId !== null) await fileStore.giveUpFile(ctx.db, imageFileId, message.author_id)
}

function textOf({ headers, body }: OutboundAnswer): string {
  const charset = /charset=["']?([\w-]{1,30})/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return body.toString('utf8') // a charset nobody knows
  }
}

async function ask(
  ctx: ChatContext,
  url: string,
  { accept, ...options }: { accept: string; bodyBytesMax: number; truncate?: boolean },
): Promise<OutboundAnswer | undefined> {
  try {
    const answer = await ctx.outbound.fetch(url, { ...options, headers: { accept }, timeoutMs, redirectsMax })
    return answer.status === 200 ? answer : undefined
  } catch (error) {
    if (error instanceof OutboundError) return undefined
    throw error
  }
}

async function fetchImage(
  ctx: ChatContext,
  { roomId, ownerId, page, facts }: Wanted & { ownerId: string; page: OutboundAnswer; facts: PageFacts },
): Promise<string | null> {
  const url = facts.image === undefined ? null : URL.parse(facts.image, page.url)
  const answer = url && (await ask(ctx, url.href, { accept: 'image/*', bodyBytesMax: imageBytesMax }))
  if (!answer || !kindOf(answer.body.subarray(0, peekBytes)).isPicture) return null
  const id = newId()
  const at = new Date(ctx.now()).toISOString()
  await fileStore.insertFile(ctx.db, { id, roomId, ownerId, name: 'preview.webp', sizeBytes: 0, at })
  try {
    const { width, height } = await ctx.pictures.shrink(Readable.from([answer.body]), drawn =>
      ctx.storage.put(fileKeys.file(id), drawn, { sizeBytesMax: storedBytesMax, contentType: 'image/webp' }),
    )
    const stored = await ctx.storage.stat(fileKeys.file(id))
    if (stored === undefined) throw new Error(`the picture ${id} was stored and is not there`)
    const { sizeBytes, sha256 } = stored
    const known = { contentType: 'image/webp', sizeBytes, sha256, width, height, hasThumbnail: false }
    return (await fileStore.completeFile(ctx.db, id, known)) === undefined ? null : id
  } catch (error) {
    await fileStore.giveUpFile(ctx.db, id, ownerId)
    if (error instanceof Problem && error.status < 500) return null
    throw error
  }
}

/** False when the message says something else by now. */
async function show(
  tx: Tx<typeof chat>,
  { roomId, messageId, url }: Wanted,
  facts: PageFacts,
  imageFileId: string | null,
): Promise<boolean> {
  const room = await roomStore.lockRoom(tx, roomId)
  const message = room && (await messageStore.findMessage(tx, roomId, messageId))
  if (message === undefined || message.deleted_at !== null || firstLink(message.body) !== url) return false
  await fileStore.dropFilesOf(tx, messageId, 'preview')
  if (imageFileId !== null) await fileStore.attachPreview(tx, imageFileId, messageId)
  await messageStore.putPreview(tx, messageId, { url, ...facts, imageFileId })
  await announce(tx, { roomId, messageId })
  return true
}
