/**
 * Storage in a bucket of S3, or of a server with its protocol. A stream goes to a file first: S3 needs size and hash
 * before the first byte, and a broken connection can be retried from the file.
 */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, type Dispatcher } from 'undici'
import { type S3Credentials, signS3 } from './sign-s3.ts'
import { spool, sweepSpool } from './spool.ts'
import {
  checkKey,
  checkMetadata,
  checkPrefix,
  listMax,
  type ObjectInfo,
  type Page,
  type Range,
  type Storage,
} from './storage.ts'

export interface S3Options extends S3Credentials {
  /** With the bucket as path: `https://s3.eu-central-1.amazonaws.com/octet`. */
  readonly url: string
  /** Folder on this machine for uploads in progress. */
  readonly spoolDir: string
}

const attemptsMax = 3
const retryMs = 200
const connectionsMax = 32
const silenceMsMax = 30_000
const answerCharsMax = 2_000_000
/** The largest body S3 takes in one request. */
const putBytesMax = 5 * 1024 ** 3
const nothingSha256 = createHash('sha256').digest('hex')
const metadataPrefix = 'x-amz-meta-'

interface Ask {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly bodySha256?: string
  /** Created for each attempt. */
  readonly body?: () => Readable | Buffer
}

/** Opens a bucket without a request; `close` ends its connections. */
export async function openS3Storage(options: S3Options): Promise<Storage & { close(): Promise<void> }> {
  await sweepSpool(options.spoolDir)
  const agent = new Agent({
    connections: connectionsMax,
    headersTimeout: silenceMsMax,
    bodyTimeout: silenceMsMax,
    connect: { timeout: 5_000 },
  })
  const ask = (request: Ask) => askS3(agent, options, request)
  return {
    put(key, body, put) {
      checkKey(key)
      const { contentType = 'application/octet-stream', metadata = {} } = put
      checkMetadata(metadata)
      const bounded = { ...put, sizeBytesMax: Math.min(put.sizeBytesMax, putBytesMax) }
      return spool({ dir: options.spoolDir, body, options: bounded }, async ({ file, sizeBytes, sha256 }) => {
        const headers = {
          'content-type': contentType,
          'content-length': String(sizeBytes),
          [`${metadataPrefix}octet-sha256`]: sha256,
          ...encoded(metadata),
        }
        const content = () =>
          sizeBytes === 0 ? Buffer.alloc(0) : file.createReadStream({ start: 0, end: sizeBytes - 1, autoClose: false })
        await drain(await ask({ method: 'PUT', key, headers, bodySha256: sha256, body: content }))
        return { key, sizeBytes, sha256, contentType, metadata }
      })
    },
    async get(key, range) {
      checkKey(key)
      const answer = await ask({ method: 'GET', key, headers: rangeHeader(range) })
      if (answer.statusCode === 404) return drain(answer)
      answer.body.on('error', () => undefined) // A caller that destroys the stream early must not see an error.
      return { info: infoOf(key, answer), body: answer.body }
    },
    async stat(key) {
      checkKey(key)
      const answer = await ask({ method: 'HEAD', key })
      await drain(answer)
      return answer.statusCode === 404 ? undefined : infoOf(key, answer)
    },
    async delete(key) {
      checkKey(key)
      await drain(await ask({ method: 'DELETE', key }))
    },
    async list(prefix, { after, limit = listMax } = {}): Promise<Page> {
      checkPrefix(prefix)
      const query = {
        'list-type': '2',
        prefix,
        'max-keys': String(Math.min(limit, listMax)),
        ...(after === undefined ? {} : { 'start-after': after }),
      }
      return pageOf(await textOf(await ask({ method: 'GET', query })))
    },
    close: () => agent.close(),
  }
}

/** Retries until an answer below 500. Throws for 4xx answers except 404, which is a result. */
async function askS3(agent: Agent, options: S3Options, request: Ask): Promise<Dispatcher.ResponseData> {
  const url = new URL(options.url)
  if (request.key !== undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/${request.key}`
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
  const { method, headers = {}, bodySha256 = nothingSha256 } = request
  for (let attempt = 1; ; attempt++) {
    const signed = signS3({ method, url, headers, bodySha256 }, options, new Date())
    const path = url.pathname + url.search
    const answer = await agent
      .request({ origin: url.origin, path, method, headers: signed, body: request.body?.() ?? null })
      .catch((error: Error) => error)
    const isAnswer = !(answer instanceof Error)
    if (isAnswer && answer.statusCode === 416) {
      await drain(answer)
      throw new RangeError(`"${request.key}" has no bytes in that range`)
    }
    if (isAnswer && (answer.statusCode < 400 || answer.statusCode === 404)) return answer
    const what = `storage: ${method} ${request.key ?? 'list'}`
    const isFinal = attempt === attemptsMax || (isAnswer && answer.statusCode < 500 && answer.statusCode !== 429)
    const said = isAnswer ? `${answer.statusCode} ${(await textOf(answer)).slice(0, 500)}` : answer.message
    if (isFinal) throw new Error(`${what}: ${said}`, isAnswer ? {} : { cause: answer })
    await delay(retryMs * 2 ** attempt * Math.random())
  }
}

async function drain({ body }: Dispatcher.ResponseData): Promise<undefined> {
  await body.dump()
  return undefined
}

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  let text = ''
  for await (const chunk of body.setEncoding('utf8')) {
    text += chunk
    if (text.length > answerCharsMax) throw new Error('storage: the answer is too long')
  }
  return text
}

function rangeHeader(range: Range | undefined): Record<string, string> {
  return range === undefined ? {} : { range: `bytes=${range.first}-${range.last ?? ''}` }
}

/** Header values are ASCII. */
function encoded(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(metadata).map(([name, value]) => [metadataPrefix + name, encodeURIComponent(value)])
  return Object.fromEntries(pairs)
}

function infoOf(key: string, { headers }: Dispatcher.ResponseData): ObjectInfo {
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(metadataPrefix)) metadata[name.slice(metadataPrefix.length)] = decodeURIComponent(String(value))
  }
  const { 'octet-sha256': sha256 = '', ...rest } = metadata
  const total = /\/(\d+)$/.exec(String(headers['content-range'] ?? ''))?.[1] ?? headers['content-length']
  return { key, sizeBytes: Number(total), sha256, contentType: String(headers['content-type']), metadata: rest }
}

/** Our keys need no escaping in XML, so the few fields can be cut out. */
function pageOf(xml: string): Page {
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = '']) => {
    return { key: fieldOf(entry, 'Key'), sizeBytes: Number(fieldOf(entry, 'Size')) }
  })
  const last = objects.at(-1)
  return last !== undefined && fieldOf(xml, 'IsTruncated') === 'true' ? { objects, next: last.key } : { objects }
}

function fieldOf(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? ''
}
