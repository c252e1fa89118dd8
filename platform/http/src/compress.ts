/**
 * Compressed answers. BREACH (https://www.breachattack.com) reads a secret from the length of a compressed answer: an
 * attacker's page makes the victim's browser repeat a request with guesses in it. An answer of an operation is
 * therefore compressed only under these conditions:
 *
 * 1. The operation is a GET. In this API secrets are shown once, in the answer to the POST that creates them.
 * 2. No property of its output has the name of a secret, by the same rule that redacts logs.
 * 3. The request carries no cookie, or our own page made it (`Sec-Fetch-Site`). An attacker's page cannot send a bearer
 * token.
 * 4. It has no strong `ETag` (`versioned`). Each encoding would need its own tag, and `If-Match` compares them.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { CompiledOperation } from '@octet/kernel'
import { isSecretName } from '@octet/observe'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type Encoding = 'br' | 'gzip'

/** Below this size the saved bytes fit into the same packet. */
export const compressBytesMin = 1024
const bytesMax = 4 * 1024 * 1024
/**
 * Compression runs in libuv's four threads, which the journal also needs for fsync. Further answers stay uncompressed.
 */
const runningMax = 2
/** Half the time of gzip's default for the same size (measured on 8 to 100 kB of our lists). */
const brotliQuality = 4

let running = 0

/** Whether answers of the operation may be compressed at all (rules 1, 2 and 4). */
export function isCompressible({ spec, route }: CompiledOperation): boolean {
  if (route?.method !== 'GET' || spec.versioned === true || spec.answers !== undefined) return false
  return !hasSecret(spec.output)
}

function hasSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const { properties = {}, ...rest } = schema as { properties?: Readonly<Record<string, unknown>> }
  const inProperties = Object.entries(properties).some(([name, inner]) => {
    return (isSecretName(name) && !isFlagOrNumber(inner)) || hasSecret(inner)
  })
  return inProperties || Object.values(rest).some(inner => [inner].flat().some(hasSecret))
}

/** `hasPassword: boolean` reveals no password. */
function isFlagOrNumber(schema: unknown): boolean {
  return ['boolean', 'integer', 'number'].includes((schema as { type?: string }).type ?? '')
}

/**
 * The best encoding that an `Accept-Encoding` header allows: brotli, then gzip, then no encoding (RFC 9110, 12.5.3).
 */
export function encodingFor(header: string | undefined): Encoding | undefined {
  if (header === undefined) return undefined
  const accepted = new Set<string>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map(text => text.trim())
    const isRefused = parameters.some(parameter => /^q=0(\.0*)?$/.test(parameter))
    if (!isRefused) accepted.add(name)
  }
  if (accepted.has('br')) return 'br'
  return accepted.has('gzip') ? 'gzip' : undefined
}

const brotliAsync = promisify(brotliCompress)
const gzipAsync = promisify(gzip)

/** Compresses in another thread. `quality` is brotli's, 0 to 11. */
export function compress(bytes: Buffer, encoding: Encoding, quality: number = brotliQuality): Promise<Buffer> {
  if (encoding === 'gzip') return gzipAsync(bytes)
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants
  return brotliAsync(bytes, { params: { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_SIZE_HINT]: bytes.length } })
}

/** The `onSend` hook of compressible operations. */
export function compressAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: Error | null, payload: unknown) => void,
): void {
  if (typeof payload !== 'string' || payload.length < compressBytesMin || reply.statusCode !== 200) {
    done(null, payload)
    return
  }
  addVary(reply, 'Accept-Encoding')
  const encoding = encodingFor(request.headers['accept-encoding'])
  const mustStayPlain = isCookieOfElsewhere(request) || running >= runningMax || payload.length > bytesMax
  if (encoding === undefined || mustStayPlain) {
    done(null, payload)
    return
  }
  running++
  compress(Buffer.from(payload), encoding)
    .finally(() => running--)
    .then(
      compressed => {
        reply.header('content-encoding', encoding)
        done(null, compressed)
      },
      (error: Error) => done(error, payload),
    )
}

/** Whether a page of another site may have made the request with our cookie (rule 3). */
function isCookieOfElsewhere({ headers }: FastifyRequest): boolean {
  if (headers.authorization !== undefined || headers.cookie === undefined) return false
  return headers['sec-fetch-site'] !== 'same-origin'
}

/** Adds to the answer's `Vary` header. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = reply.getHeader('vary')
  reply.header('vary', before === undefined ? name : `${before}, ${name}`)
}
