/** Bytes in and out: files are streamed, so they do not go through the kernel. */

import { access, commonProblem, isId, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { applyDecision, bytesOf, withByteBodies } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChatContext } from './context.ts'
import { fetchFile } from './files/fetch-file.ts'
import { disposition, fileBytesMax, fileKeys, rangeOf } from './files/rules.ts'
import { uploadFile } from './files/upload-file.ts'
import { uploads } from './files/uploads.ts'

const base = '/chat'
const uploadsPerMinute = 120
const mayUpload = access.user('chat:write')
/** Only what this server drew itself is shown in place. */
const inlineTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

type ChatRoutes = Routes<typeof chat, ChatContext>

/** Registers uploads and downloads. */
export function routes(routesOf: ChatRoutes): void {
  uploads.addRoutes(routesOf, mayUpload)
  addWholeUploads(routesOf)
  addDownloads(routesOf)
}

function addWholeUploads({ app, admit, contextFor }: ChatRoutes): void {
  withByteBodies(app, scope => {
    scope.post<{ Params: { roomId: string }; Querystring: Record<string, unknown> }>(
      `${base}/rooms/:roomId/files`,
      { config: { access: mayUpload } },
      async (request, reply) => {
        await admit(request)
        const ctx = contextFor(request)
        await countUpload(ctx, reply)
        const { name = 'file' } = request.query
        const sizeBytes = lengthOf(request)
        const body = bytesOf(request.raw)
        const file = await uploadFile(ctx, { roomId: idOf(request.params.roomId), name: String(name), sizeBytes, body })
        return reply.code(201).send(file)
      },
    )
  })
}

function addDownloads({ app, admit, contextFor }: ChatRoutes): void {
  const config = { access: access.user('chat:read') }
  for (const part of ['', '/thumbnail'] as const) {
    app.get<{ Params: { id: string } }>(`${base}/files/:id${part}`, { config }, async (request, reply) => {
      await admit(request)
      const id = idOf(request.params.id)
      return answerFile(contextFor(request), { id, isThumbnail: part !== '' }, { request, reply })
    })
  }
}

async function answerFile(
  ctx: ChatContext,
  { id, isThumbnail }: { id: string; isThumbnail: boolean },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const file = await fetchFile(ctx, id)
  if (isThumbnail && !file.has_thumbnail) throw commonProblem('not-found')
  const contentType = isThumbnail ? 'image/webp' : file.content_type
  const etag = `"${file.sha256}${isThumbnail ? '-thumbnail' : ''}"`
  reply
    .header('etag', etag)
    // Kept by the browser, and asked for each time: who has left the room gets it no more.
    .header('cache-control', 'private, no-cache')
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', disposition(inlineTypes.has(contentType) ? 'inline' : 'attachment', file.name))
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  const key = isThumbnail ? fileKeys.thumbnail(id) : fileKeys.file(id)
  const mayRange = !isThumbnail && (request.headers['if-range'] ?? etag) === etag
  const range = mayRange ? rangeOf(request.headers.range, file.size_bytes) : undefined
  if (range === 'none') {
    return reply.code(416).header('content-range', `bytes */${file.size_bytes}`).send()
  }
  const found = await ctx.storage.get(key, range)
  if (found === undefined) throw new Error(`the file ${id} is ready and has no bytes`)
  const { sizeBytes } = found.info
  reply.type(contentType).header('accept-ranges', 'bytes')
  if (range === undefined) return reply.header('content-length', sizeBytes).send(found.body)
  return reply
    .code(206)
    .header('content-range', `bytes ${range.first}-${range.last}/${sizeBytes}`)
    .header('content-length', range.last - range.first + 1)
    .send(found.body)
}

async function countUpload(ctx: ChatContext, reply: FastifyReply): Promise<void> {
  const key = `chat.upload ${requireUser(ctx.actor).userId}`
  applyDecision(reply, await ctx.limiter.takeShared({ key, max: uploadsPerMinute, windowMs: 60_000 }))
}

function idOf(text: string): string {
  if (!isId(text)) throw commonProblem('not-found')
  return text
}

function lengthOf({ headers }: FastifyRequest): number | undefined {
  const text = headers['content-length']
  const length = text === undefined ? undefined : Number(text)
  return length === undefined || length <= fileBytesMax ? length : fileBytesMax + 1
}
