/** Fastify as Octet uses it: one shape of error, one caller per request, a policy on every route, nothing unbounded. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Limiter } from '@octet/cache'
import {
  type Access,
  type Authenticate,
  anonymous,
  authorize,
  commonProblem,
  type Principal,
  Problem,
  problemBody,
} from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { type HttpMetrics, type Log, parseTraceparent, type Span, type Tracer } from '@octet/observe'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify'
import { addressKey, clientAddress } from './address.ts'
import { credentialOf, refuseCrossSite } from './credentials.ts'
import { createDoor, type Door, type DoorOptions } from './door.ts'
import { type ExpressRoute, headerOf, sendBareProblem, takeExpress } from './express-lane.ts'
import { isUpgrade, takeUpgrade, type UpgradeRoute } from './upgrade.ts'

export interface HttpOptions {
  readonly log: Log
  readonly metrics: HttpMetrics
  readonly tracer: Tracer
  readonly limiter: Limiter
  readonly authenticate: Authenticate
  readonly origin: string
  readonly cookieName: string
  /** Number of proxies in front whose `X-Forwarded-For` is believed; 0: the header is ignored. */
  readonly trustedProxies: number
}

/** The path to serve instead, at once or after a look; `undefined`: the one that was asked for. Must not reject. */
export type HostRewrite = (request: IncomingMessage) => string | undefined | Promise<string | undefined>

interface Front {
  readonly express: ExpressRoute[]
  readonly doors: Door[]
  readonly upgrades: UpgradeRoute[]
  rewrite: HostRewrite | undefined
}

export interface RouteConfig {
  /** Who may call; a route without it is refused at start. */
  access?: Access
  /** Leave successful requests out of the access log (probes, redirects that the journal records). */
  quiet?: boolean
}

/** One line of the route table, for tests that walk it. */
export interface RouteEntry {
  readonly method: string
  readonly url: string
  readonly access: Access
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route there is, as it was registered. */
    routeTable: RouteEntry[]
    /** Lets a route answer its common case before Fastify. Its ordinary route must be there, and open to anyone. */
    addExpressRoute(route: ExpressRoute): void
    /** Only so many POSTs to these paths at once; they must be routes. */
    addDoor(options: DoorOptions): void
    /** Lets hosts other than the installation's own have addresses of their own. One module may. */
    addHostRewrite(rewrite: HostRewrite): void
    /** Who sent a request that Fastify has not seen; as `request.ip` for those it has. */
    clientAddress(request: IncomingMessage): string
    /** Takes over connections that ask for a WebSocket at its path. */
    addUpgradeRoute(route: UpgradeRoute): void
    /** Answers people who open an address without a route; set by the web client. */
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
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
const keepAliveTimeoutMs = 20_000
const requestIdPattern = /^[\w.:-]{8,64}$/

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const

export type HttpApp = FastifyInstance

/** An app without routes. Registering one without an access policy throws. */
export function createHttpApp(options: HttpOptions): HttpApp {
  const front: Front = { express: [], doors: [], upgrades: [], rewrite: undefined }
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    serverFactory: serverWith(front, options),
    // Fastify's own close waits for idle keep-alive sockets; drainHttp below ends them itself.
    forceCloseConnections: false,
    trustProxy: options.trustedProxies === 0 ? false : (_address, hop) => hop < options.trustedProxies,
    genReqId: request => requestIdOf(headerOf(request, 'x-request-id')),
    routerOptions: { maxParamLength: 200, caseSensitive: true, ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    // Contracts are checked by the kernel, in every placement; here only the answers are compiled.
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, asProblem(fastifyProblem(error)), request.id),
  })
  app.setValidatorCompiler(() => () => true)
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['text/plain', 'application/json'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Many clients name a content type on requests without a body; that is not worth refusing.
    if (text === '') done(null, undefined)
    else parseJson(request, text, done)
  })
  app.decorateRequest('startedAtMs', 0).decorateRequest('span', undefined).decorateRequest('principal')
  const routeTable: RouteEntry[] = []
  app.decorate('routeTable', routeTable)
  decorateFront(app, front, options)
  app.addHook('onRoute', ({ config, method, url }) => {
    const policy = config?.access
    if (policy === undefined) {
      throw new Error(`route ${method} ${url} names no access policy; add config: { access }`)
    }
    for (const one of [method].flat()) routeTable.push({ method: one, url, access: policy })
  })
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAtMs = performance.now()
    if (request.routeOptions.config?.quiet !== true) request.span = startSpan(options.tracer, request)
    request.principal = anonymous
    reply.headers(securityHeaders)
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    record(options, request, reply)
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = asProblem(fastifyProblem(error))
    if (problem.status >= 500) request.span?.fail(error)
    if (problem.status >= 500)
      options.log.error({ err: error, requestId: request.id, route: routeOf(request) }, problem.title)
    return sendProblem(reply, problem, request.id)
  })
  app.decorate('pages', {})
  app.setNotFoundHandler((request, reply) => {
    if (app.pages.serve !== undefined && isPageVisit(request)) return app.pages.serve(reply)
    return sendProblem(reply, commonProblem('not-found'), request.id)
  })
  return app
}

/** What modules may put before Fastify's own routing. */
function decorateFront(app: FastifyInstance, front: Front, options: HttpOptions): void {
  app.decorate('clientAddress', (request: IncomingMessage) => clientAddress(request, options.trustedProxies))
  app.decorate('addExpressRoute', (route: ExpressRoute) => {
    const ordinary = app.routeTable.find(({ method, url }) => method === 'GET' && url === route.url)
    if (ordinary?.access.kind !== 'anyone') throw new Error(`GET ${route.url} is not a route that anyone may call`)
    front.express.push(route)
  })
  app.decorate('addDoor', (door: DoorOptions) => {
    for (const path of door.paths) {
      const isRoute = app.routeTable.some(({ method, url }) => method === 'POST' && url === path)
      if (!isRoute) throw new Error(`POST ${path} is not a route`)
    }
    front.doors.push(createDoor(door))
  })
  app.decorate('addUpgradeRoute', (route: UpgradeRoute) => void front.upgrades.push(route))
  app.decorate('addHostRewrite', (rewrite: HostRewrite) => {
    if (front.rewrite !== undefined) throw new Error('hosts are rewritten already')
    front.rewrite = rewrite
  })
  // From here on Fastify's own answer is wanted: it refuses what comes late, and ends the connection.
  app.addHook('preClose', async () => {
    front.express.splice(0)
    for (const door of front.doors.splice(0)) door.takeDown()
  })
}

/** False: no door is in the way. */
function takeByDoor(
  doors: readonly Door[],
  { metrics }: HttpOptions,
  { request, response, enter }: { request: IncomingMessage; response: ServerResponse; enter: () => void },
): boolean {
  const refuse = (problem: Problem, path: string) => {
    const id = requestIdOf(headerOf(request, 'x-request-id'))
    metrics.observe('POST', path, sendBareProblem(response, problem, id), 0)
  }
  return doors.some(door => door.take({ request, response }, { enter, refuse }))
}

/** Node's server with our limits. Requests go to the express routes first, then past the doors. */
function serverWith(front: Front, options: HttpOptions): FastifyServerFactory<Server> {
  const express = { log: options.log, metrics: options.metrics, requestIdOf }
  return handle => {
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      for (const route of front.express) if (takeExpress(route, express, { request, response })) return
      if (request.method === 'POST') {
        const enter = () => handle(request, response)
        if (takeByDoor(front.doors, options, { request, response, enter })) return
      }
      handle(request, response)
    }
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        keepAliveTimeout: keepAliveTimeoutMs,
        maxHeaderSize: 16 * 1024,
        shouldUpgradeCallback: request => isUpgrade(front.upgrades, request),
      },
      (request, response) => {
        const path = front.rewrite?.(request)
        if (path instanceof Promise) {
          path.then(found => {
            if (found !== undefined) request.url = found
            serve(request, response)
          })
          return
        }
        if (path !== undefined) request.url = path
        serve(request, response)
      },
    )
    server.on('upgrade', (request, socket, head) => takeUpgrade(front.upgrades, options, { request, socket, head }))
    return server
  }
}

/** `newId` took 1.1 µs a request, a count behind a random prefix 0.1: nobody sorts by these. */
const requestIdPrefix = randomUUID().slice(0, 24)
let requestCount = 0

function requestIdOf(given: string | undefined): string {
  if (given !== undefined && requestIdPattern.test(given)) return given
  requestCount++
  return requestIdPrefix + requestCount.toString(16).padStart(12, '0')
}

function startSpan(tracer: Tracer, request: FastifyRequest): Span {
  const parent = parseTraceparent(request.headers.traceparent as string | undefined)
  return tracer.startSpan(`${request.method} ${routeOf(request)}`, parent, 'server')
}

function isPageVisit({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
}

/** For operations that do not look at who calls: only keeps other sites out. */
export function identifyNobody(options: HttpOptions, request: FastifyRequest): Principal {
  refuseCrossSite(request, { kind: 'none' }, options.origin)
  return anonymous
}

/** Finds out who calls and puts it on the request. Call it in routes that care; operations do. */
export async function identify(options: HttpOptions, request: FastifyRequest): Promise<Principal> {
  const credential = credentialOf(request, options.cookieName)
  refuseCrossSite(request, credential, options.origin)
  if (credential.kind === 'none') return anonymous
  const principal = await options.authenticate(credential)
  request.principal = principal
  return principal
}

/** Lets the caller of a plain route through by its own policy, or throws as operations do. */
export async function admit(options: HttpOptions, request: FastifyRequest): Promise<Principal> {
  const principal = await identify(options, request)
  const policy = request.routeOptions.config.access
  if (policy !== undefined) authorize(policy, principal)
  return principal
}

/** The address a limit counts: the peer's, or the client's behind trusted proxies. */
export function addressOf(request: FastifyRequest): string {
  return addressKey(request.ip)
}

/** Answers with `application/problem+json`, `Retry-After` and `WWW-Authenticate` where they belong. */
export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): FastifyReply {
  if (problem.retryAfterMs !== undefined)
    reply.header('retry-after', Math.max(1, Math.ceil(problem.retryAfterMs / 1000)))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemBody(problem, requestId))
}

/** Fastify's own refusals, in our words. */
function fastifyProblem(error: unknown): unknown {
  if (error instanceof Problem) return error
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return commonProblem('payload-too-large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return commonProblem('unsupported-media-type')
  if (statusCode === 413) return commonProblem('payload-too-large')
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_ASYNC_CONSTRAINT') return commonProblem('not-found')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return commonProblem('validation-failed', { detail: 'The request could not be read: malformed or empty JSON.' })
  }
  return error
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

/**
 * Stops accepting, lets running requests finish, then ends what is left after `deadlineMs`. Idle keep-alive sockets
 * are closed at once and again as requests finish, or they would hold the exit for their whole keep-alive time.
 */
export async function drainHttp(app: HttpApp, deadlineMs: number): Promise<void> {
  const { server } = app
  const closed = app.close()
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => server.closeAllConnections(), deadlineMs)
  server.closeIdleConnections()
  try {
    await closed
  } finally {
    clearInterval(sweep)
    clearTimeout(force)
  }
}
