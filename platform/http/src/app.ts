/**
 * Creates the Fastify app: one error format, one caller per request, an access policy on every route, and limits
 * everywhere.
 */
import { type Access, anonymous, commonProblem, type Principal } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { parseTraceparent, type Span, type Tracer } from '@octet/observe'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { corsHeaders } from './cors.ts'
import { addDocument, addDocumentFolder, type Document } from './documents.ts'
import { headerOf } from './fast-path.ts'
import { createFront, decorateFront, serverWith } from './front.ts'
import type { HttpOptions } from './options.ts'
import { sendProblem, translateFastifyError } from './problems.ts'
import { requestIdOf } from './request-id.ts'
import { lazySerializer } from './serialize.ts'

export interface RouteConfig {
  /** The access policy; a route without one is refused at start. */
  access?: Access
  /** Omits successful requests from the access log: probes, and redirects that the journal records. */
  quiet?: boolean
}

/** One row of the route table, for tests that iterate over it. */
export interface RouteEntry {
  readonly method: string
  readonly url: string
  readonly access: Access
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every registered route. */
    routeTable: RouteEntry[]
    /** Serves a constant document: compressed, with `ETag`, rate limited by address. */
    addDocument(document: Document): void
    /** Serves documents whose addresses are `folder/name`. */
    addDocumentFolder(folder: string, documents: readonly Document[]): void
    /** Answers browsers that open an unknown address; set by the web client. */
    pages: { serve?: (reply: FastifyReply) => FastifyReply }
  }
  interface FastifyContextConfig extends RouteConfig {}
  interface FastifyRequest {
    startedAtMs: number
    /** Covers the whole request; absent on quiet routes. */
    span: Span | undefined
    principal: Principal
  }
}

const bodyBytesMax = 256 * 1024

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const

/** A year. It excludes sub-domains and the users' own domains, because other servers may answer there later. */
const httpsOnly = 'max-age=31536000'

/** When a client may repeat a request that reached a draining server: another process answers, or this one is back. */
const lateRetryMs = 2_000

export type HttpApp = FastifyInstance

/** Creates an app without routes. Registering a route without an access policy throws. */
export function createHttpApp(options: HttpOptions): HttpApp {
  const front = createFront()
  const httpsHost = options.origin.startsWith('https:') ? new URL(options.origin).host : undefined
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    serverFactory: serverWith(front, options),
    // It would answer late requests with JSON that is not a problem, and refuse those that waited at a gate, too.
    return503OnClosing: false,
    // Fastify's own close waits for idle keep-alive sockets; drainHttp closes them itself.
    forceCloseConnections: false,
    trustProxy: options.trustedProxies === 0 ? false : (_address, hop) => hop < options.trustedProxies,
    genReqId: request => requestIdOf(headerOf(request, 'x-request-id')),
    routerOptions: { maxParamLength: 200, caseSensitive: true, ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    // The kernel checks contracts in every placement, so only the serializers are compiled here.
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, request, reply) =>
      void sendProblem(reply, asProblem(translateFastifyError(error)), request.id),
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler<object>(({ schema }) => lazySerializer(schema))
  acceptJson(app)
  app.decorateRequest('startedAtMs', 0).decorateRequest('span', undefined).decorateRequest('principal')
  keepRouteTable(app)
  decorateFront(app, front, options)
  app.decorate('addDocument', (document: Document) => addDocument(app, options.limiter, document))
  app.decorate('addDocumentFolder', (folder: string, documents: readonly Document[]) => {
    addDocumentFolder(app, options.limiter, folder, documents)
  })
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAtMs = performance.now()
    if (request.routeOptions.config?.quiet !== true) request.span = startSpan(options.tracer, request)
    request.principal = anonymous
    reply.headers(securityHeaders)
    if (httpsHost !== undefined && request.headers.host === httpsHost)
      reply.header('strict-transport-security', httpsOnly)
    reply.header('x-request-id', request.id)
    setCorsHeaders(request, reply, options)
    if (front.late.has(request.raw)) done(commonProblem('unavailable', { retryAfterMs: lateRetryMs, executed: 'no' }))
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    record(options, request, reply)
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = asProblem(translateFastifyError(error))
    if (problem.status >= 500) {
      request.span?.fail(error)
      options.log.error({ err: error, requestId: request.id, route: routeOf(request) }, problem.title)
    }
    return sendProblem(reply, problem, request.id)
  })
  app.decorate('pages', {})
  app.setNotFoundHandler((request, reply) => {
    if (app.pages.serve !== undefined && isPageVisit(request)) return app.pages.serve(reply)
    return sendProblem(reply, commonProblem('not-found'), request.id)
  })
  return app
}

function setCorsHeaders(request: FastifyRequest, reply: FastifyReply, options: HttpOptions): void {
  const headers = corsHeaders(request.raw, options)
  for (let index = 0; index < headers.length; index += 2) reply.header(headers[index] ?? '', headers[index + 1])
}

function acceptJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['text/plain', 'application/json'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Many clients send a content type on requests without a body; that is harmless.
    if (text === '') done(null, undefined)
    else parseJson(request, text, done)
  })
}

function keepRouteTable(app: FastifyInstance): void {
  const routeTable: RouteEntry[] = []
  app.decorate('routeTable', routeTable)
  app.addHook('onRoute', ({ config, method, url }) => {
    const policy = config?.access
    if (policy === undefined) {
      throw new Error(`route ${method} ${url} has no access policy; add config: { access }`)
    }
    for (const one of [method].flat()) routeTable.push({ method: one, url, access: policy })
  })
}

function startSpan(tracer: Tracer, request: FastifyRequest): Span {
  const parent = parseTraceparent(request.headers.traceparent as string | undefined)
  // Clients do not decide which traces are kept; only other processes of Octet do (internal routes).
  const unsampled = parent === undefined ? undefined : { ...parent, sampled: false }
  return tracer.startSpan(`${request.method} ${routeOf(request)}`, unsampled, 'server')
}

function isPageVisit({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched'
}

function record(options: HttpOptions, request: FastifyRequest, reply: FastifyReply): void {
  const durationMs = performance.now() - request.startedAtMs
  const route = routeOf(request)
  options.metrics.observe(request.method, route, reply.statusCode, durationMs)
  request.span?.end()
  if (request.routeOptions.config?.quiet === true && reply.statusCode < 500) return
  const { principal } = request
  options.log.info(
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(durationMs * 100) / 100,
      userId: principal.kind === 'user' ? principal.userId : undefined,
    },
    'request',
  )
}
