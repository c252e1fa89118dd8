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
import { addVary, compress, compressBytesMin, type Encoding, encodingFor } from './compress.ts'
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
  /** `undefined` when the body is too small. The first caller of an encoding makes it for all. */
  readonly in: ((encoding: Encoding) => Promise<Buffer>) | undefined
}

/** Requests per address for all documents together; a documentation page loads three. */
const documentsLimit = { max: 120, windowMs: 60_000 }
/**
 * A document is encoded once, so a high quality is affordable: a second for half a megabyte, in another thread. It is
 * done for the first reader. Done at the start, it made every start 1.2 seconds longer.
 */
const brotliQuality = 9

/** Serves a document to any client: compressed, with `ETag`, rate limited by address. */
export function addDocument(app: FastifyInstance, limiter: Limiter, document: Document): void {
  addDocuments(app, limiter, document.url, [document])
}

/** The same for all documents below a folder, by one route, so that another document is not another public route. */
export function addDocumentFolder(
  app: FastifyInstance,
  limiter: Limiter,
  folder: string,
  documents: readonly Document[],
): void {
  addDocuments(app, limiter, `${folder}/:name`, documents)
}

function addDocuments(app: FastifyInstance, limiter: Limiter, url: string, documents: readonly Document[]): void {
  const byUrl = new Map(documents.map(document => [document.url, { document, encoded: encode(document.body) }]))
  app.route({
    method: ['GET', 'HEAD'],
    url,
    config: { access: access.anyone, quiet: true },
    handler: async (request, reply) => {
      applyDecision(reply, limiter.take(`documents ${addressOf(request)}`, documentsLimit.max, documentsLimit.windowMs))
      const found = byUrl.get(request.url.split('?', 1)[0] ?? '')
      if (found === undefined) throw commonProblem('not-found')
      return await send(request, reply, found.document, found.encoded)
    },
  })
}

let previous: Promise<unknown> = Promise.resolve()

/** One at a time, whatever is requested at once: the journal needs the same four threads for fsync. */
function compressInTurn(plain: Buffer, encoding: Encoding): Promise<Buffer> {
  const turn = previous.then(() => compress(plain, encoding, brotliQuality))
  previous = turn.catch(() => undefined)
  return turn
}

function encode(body: string): Encoded {
  const plain = Buffer.from(body)
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  if (plain.length < compressBytesMin) return { etag, plain, in: undefined }
  const made = new Map<Encoding, Promise<Buffer>>()
  const make = (encoding: Encoding): Promise<Buffer> => {
    const making = compressInTurn(plain, encoding)
    made.set(encoding, making)
    making.catch(() => made.delete(encoding))
    return making
  }
  return { etag, plain, in: encoding => made.get(encoding) ?? make(encoding) }
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  document: Document,
  encoded: Encoded,
): Promise<FastifyReply> {
  const encoding = encoded.in === undefined ? undefined : encodingFor(request.headers['accept-encoding'])
  // Each encoding is a separate representation with its own entity tag (RFC 9110, 8.8.3).
  const etag = encoding === undefined ? `"${encoded.etag}"` : `"${encoded.etag}-${encoding}"`
  const isKnown = request.headers['if-none-match'] === etag
  // Before any header of the document is set: a failure is answered with a problem, which is not compressed.
  const bytes =
    isKnown || encoding === undefined || encoded.in === undefined ? encoded.plain : await encoded.in(encoding)
  reply.headers({ ...document.headers, etag, 'cache-control': 'no-cache' })
  addVary(reply, 'Accept-Encoding')
  if (isKnown) return reply.code(304).send()
  if (encoding !== undefined) reply.header('content-encoding', encoding)
  reply.type(document.type)
  if (request.method === 'HEAD') return reply.header('content-length', bytes.length).send()
  return reply.send(bytes)
}
