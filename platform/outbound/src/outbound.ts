/** HTTP requests to addresses that users supply: webhooks, page titles, previews, sign-in providers. */
import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { type BlockList, isIP, type LookupFunction } from 'node:net'
import { holds, isPublicAddress, networkList } from './networks.ts'
import { OutboundError } from './outbound-error.ts'
import { createPlaces } from './places.ts'
import { type Resolve, type ResolveTxt, resolveByDns, resolveTxtByDns } from './resolve.ts'

export interface OutboundOptions {
  /** Networks that may be called although they are not public, on any port. For operators and tests. */
  readonly allow?: readonly string[]
  /** Ports that may be called on the public internet. Default 80 and 443. */
  readonly ports?: readonly number[]
  /** Resolves names; DNS unless a test replaces it. */
  readonly resolve?: Resolve
  /** Reads the TXT records of a name; DNS unless a test replaces it. */
  readonly resolveTxt?: ResolveTxt
  /** Requests at once. Default 32; four times as many may wait. */
  readonly concurrencyMax?: number
}

export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** For the whole request: waiting, DNS, redirects, the complete answer. Default 10 s. */
  readonly timeoutMs?: number
  /** Default 1 MiB. */
  readonly bodyBytesMax?: number
  /** Keep the beginning of a larger answer instead of failing with `too-large`. */
  readonly truncate?: boolean
  /** How many redirects are followed. Default 0: the redirect is the answer. */
  readonly redirectsMax?: number
  readonly signal?: AbortSignal
}

export interface OutboundAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly isTruncated: boolean
  /** The address that finally answered. */
  readonly url: string
}

export interface Outbound {
  /**
   * Sends one request. Every name is resolved once and the connection goes to the checked address, so DNS rebinding has
   * no effect. Redirects pass the same checks. Proxies named in the environment are not used. @throws OutboundError
   */
  fetch(url: string, request?: OutboundRequest): Promise<OutboundAnswer>
  /** The TXT records of a name, each in one piece; empty when it has none. @throws OutboundError */
  txt(name: string, options?: { readonly timeoutMs?: number }): Promise<readonly string[]>
}

const portsDefault = [80, 443]
const concurrencyDefault = 32
const timeoutDefaultMs = 10_000
const bodyBytesDefault = 1024 * 1024
const headerBytesMax = 16 * 1024
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Headers that are sent to another site; all others may be secrets meant for the first. */
const travellingHeaders: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent'])

interface Policy {
  readonly allowed: BlockList
  readonly ports: ReadonlySet<number>
  readonly resolve: Resolve
}

/** Creates the one outbound client of the process. @throws Error for an invalid network. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const policy: Policy = {
    allowed: networkList(options.allow ?? []),
    ports: new Set(options.ports ?? portsDefault),
    resolve: options.resolve ?? resolveByDns,
  }
  const places = createPlaces(options.concurrencyMax ?? concurrencyDefault)
  return {
    async fetch(url, request = {}) {
      const timeout = AbortSignal.timeout(request.timeoutMs ?? timeoutDefaultMs)
      const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal])
      const leave = await places.enter(signal)
      try {
        return await follow(policy, url, { ...request, signal })
      } finally {
        leave()
      }
    },
    async txt(name, { timeoutMs = timeoutDefaultMs } = {}) {
      const signal = AbortSignal.timeout(timeoutMs)
      return abortable((options.resolveTxt ?? resolveTxtByDns)(name, signal), signal).catch(error => {
        throw signal.aborted
          ? failureOf(error, signal)
          : new OutboundError('host-unknown', `DNS failed for ${name}`, error)
      })
    },
  }
}

interface Exchange extends OutboundRequest {
  readonly signal: AbortSignal
}

async function follow(policy: Policy, address: string, request: Exchange): Promise<OutboundAnswer> {
  let url = parse(address)
  let exchange = request
  for (let redirects = 0; ; redirects++) {
    const answer = await once(policy, url, exchange)
    const { location } = answer.headers
    if (!redirectStatuses.has(answer.status) || location === undefined || (request.redirectsMax ?? 0) === 0) {
      return answer
    }
    if (redirects >= (request.redirectsMax ?? 0)) {
      throw new OutboundError('too-many-redirects', `more than ${request.redirectsMax} redirects`)
    }
    const next = parse(location, url)
    exchange = redirected(exchange, answer.status, next.origin === url.origin)
    url = next
  }
}

/** The request to the next address (RFC 9110 section 15.4: a POST becomes a GET, except after 307 and 308). */
function redirected(exchange: Exchange, status: number, isSameOrigin: boolean): Exchange {
  const keepsMethod = status === 307 || status === 308 || exchange.method === 'HEAD'
  const headers = Object.entries(exchange.headers ?? {}).filter(([name]) => {
    return isSameOrigin ? keepsMethod || !/^content-/i.test(name) : travellingHeaders.has(name.toLowerCase())
  })
  // A body is meant for its first address only.
  if (keepsMethod && exchange.body !== undefined && !isSameOrigin) {
    throw new OutboundError('url-refused', 'the redirect would send the body to another site')
  }
  return {
    ...exchange,
    method: keepsMethod ? exchange.method : 'GET',
    body: keepsMethod ? exchange.body : undefined,
    headers: Object.fromEntries(headers),
  }
}

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href)
  if (url === null) throw new OutboundError('url-refused', 'this is not a web address')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError('url-refused', `${url.protocol} is neither http nor https`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('url-refused', 'the address must not contain a user name')
  }
  return url
}

/** The checked addresses of a host. One refused address refuses the whole name. */
async function checkedAddresses(policy: Policy, url: URL, signal: AbortSignal): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) !== 0 ? [host] : await resolved(policy, host, signal)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  for (const address of addresses) {
    if (isIP(address) !== 0 && holds(policy.allowed, address)) continue
    if (isIP(address) === 0 || !isPublicAddress(address)) {
      throw new OutboundError('address-refused', `${host} is not on the public internet`)
    }
    if (!policy.ports.has(port)) throw new OutboundError('url-refused', `port ${port} must not be called`)
  }
  return addresses
}

async function resolved(policy: Policy, host: string, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = await abortable(policy.resolve(host, signal), signal).catch(error => {
    throw signal.aborted ? failureOf(error, signal) : new OutboundError('host-unknown', `${host} was not found`, error)
  })
  if (addresses.length === 0) throw new OutboundError('host-unknown', `${host} was not found`)
  return addresses
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** One request to one address, without redirects. */
async function once(policy: Policy, url: URL, exchange: Exchange): Promise<OutboundAnswer> {
  const { signal } = exchange
  const addresses = await checkedAddresses(policy, url, signal)
  const isSecure = url.protocol === 'https:'
  // A connection of its own, never the global agent's, which may be configured with a proxy.
  const agent = isSecure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  try {
    return await new Promise<OutboundAnswer>((resolve, reject) => {
      const send = isSecure ? requestHttps : requestHttp
      const outgoing = send(url, {
        method: exchange.method ?? 'GET',
        headers: { 'user-agent': 'Octet', 'accept-encoding': 'identity', ...exchange.headers },
        agent,
        lookup: lookupOf(addresses),
        maxHeaderSize: headerBytesMax,
        signal,
      })
      outgoing.once('error', reject)
      outgoing.once('response', response => read(response, exchange, url).then(resolve, reject))
      outgoing.end(exchange.body)
    })
  } catch (error) {
    throw failureOf(error, signal)
  } finally {
    agent.destroy()
  }
}

/** Answers every lookup with the checked address, so the connection cannot go elsewhere. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const known = addresses.map(address => ({ address, family: isIP(address) }))
  return (_host, { all }, callback) => {
    if (all === true) callback(null, known)
    else callback(null, known[0]?.address ?? '', known[0]?.family)
  }
}

async function read(response: IncomingMessage, exchange: Exchange, url: URL): Promise<OutboundAnswer> {
  const { bodyBytesMax = bodyBytesDefault, truncate = false } = exchange
  const encoding = response.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    response.destroy()
    throw new OutboundError('encoding-refused', `the answer is ${encoding} encoded`)
  }
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > bodyBytesMax) break // Leaving the loop destroys the response.
  }
  const isTruncated = sizeBytes > bodyBytesMax
  if (isTruncated && !truncate) throw new OutboundError('too-large', `the answer is larger than ${bodyBytesMax} bytes`)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).subarray(0, bodyBytesMax),
    isTruncated,
    url: url.href,
  }
}

function failureOf(error: unknown, signal: AbortSignal): OutboundError {
  if (error instanceof OutboundError) return error
  if (signal.aborted) return new OutboundError('timed-out', 'there was no answer in time', error)
  const code = (error as { code?: string }).code
  return new OutboundError('unreachable', `the connection failed${code === undefined ? '' : ` (${code})`}`, error)
}
