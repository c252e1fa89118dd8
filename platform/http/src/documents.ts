/**
 * Documents that stay constant while the process runs: API description, documentation pages and their assets. Each
 * encoding is made once and shared by all answers, so that thousands of slow readers cost no memory. Encoding a string
 * for each of 1,900 readers took 1.4 GB.
 */
import { createHash } from 'node:crypto'
import type { Limiter } from '@octet/cache'
import { access, commonProblem } from '@octet/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { addressOf } from './callers.ts'
import { addVary, compress, compressBytesMin, encodingFor } from './compress.ts'
import { applyDecision } from './rate-limits.ts'

export interface Document {
  readonly url: string
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Encoded {
  readonly etag: string
  readonly plain: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
}

/** Requests per address for all documents together; a documentation page loads three. */
const documentsLimit = { max: 120, windowMs: 60_000 }
/** A document is encoded once, so the best quality is affordable: a second for half a megabyte, in another thread. */
const brotliQuality = 9

/** Serves a document to any client: compressed, with `ETag`, rate limited by address. */
export function addDocument(app: FastifyInstance, limiter: Limiter, document: Document): Promise<void> {
  return addDocuments(app, limiter, document.url, [document])
}

/** The same for all documents below a folder, by one route, so that another document is not another public route. */
export function addDocumentFolder(
  app: FastifyInstance,
  limiter: Limiter,
  folder: string,
  documents: readonly Document[],
): Promise<void> {
  return addDocuments(app, limiter, `${folder}/:name`, documents)
}

async function addDocuments(app: FastifyInstance, limiter: Limiter, url: string, documents: readonly Document[]) {
  const byUrl = new Map<string, { readonly document: Document; readonly encoded: Encoded }>()
  for (const document of documents) byUrl.set(document.url, { document, encoded: await encode(document.body) })
  app.route({
    method: ['GET', 'HEAD'],
    url,
    config: { access: access.anyone, quiet: true },
    handler: async (request, reply) => {
      applyDecision(reply, limiter.take(`documents ${addressOf(request)}`, documentsLimit.max, documentsLimit.windowMs))
      const found = byUrl.get(request.url.split('?', 1)[0] ?? '')
      if (found === undefined) throw commonProblem('not-found')
      return send(request, reply, found.document, found.encoded)
    },
  })
}

async function encode(body: string): Promise<Encoded> {
  const plain = Buffer.from(body)
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  if (plain.length < compressBytesMin) return { etag, plain, br: undefined, gzip: undefined }
  const [br, gzip] = await Promise.all([compress(plain, 'br', brotliQuality), compress(plain, 'gzip')])
  return { etag, plain, br, gzip }
}

function send(request: FastifyRequest, reply: FastifyReply, document: Document, encoded: Encoded): FastifyReply {
  const wanted = encodingFor(request.headers['accept-encoding'])
  const compressed = wanted === undefined ? undefined : encoded[wanted]
  const encoding = compressed === undefined ? undefined : wanted
  // Each encoding is a separate representation with its own entity tag (RFC 9110, 8.8.3).
  const etag = encoding === undefined ? `"${encoded.etag}"` : `"${encoded.etag}-${encoding}"`
  reply.headers({ ...document.headers, etag, 'cache-control': 'no-cache' })
  addVary(reply, 'Accept-Encoding')
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  if (encoding !== undefined) reply.header('content-encoding', encoding)
  const bytes = compressed ?? encoded.plain
  reply.type(document.type)
  if (request.method === 'HEAD') return reply.header('content-length', bytes.length).send()
  return reply.send(bytes)
}
