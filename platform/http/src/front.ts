/**
 * The steps before Fastify's routing, in this order: host rewrites, fast paths, preflights, concurrency gates. Also
 * creates Node's server with its limits.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Problem } from '@octet/contracts'
import type { FastifyInstance, FastifyServerFactory } from 'fastify'
import { clientAddress } from './address.ts'
import { type ConcurrencyGate, type ConcurrencyGateOptions, createConcurrencyGate } from './concurrency-gate.ts'
import { corsHeaders, takePreflight } from './cors.ts'
import { type FastPath, headerOf, sendBareProblem, takeFastPath } from './fast-path.ts'
import type { ConnectionTimeouts, HttpOptions } from './options.ts'
import { requestIdOf } from './request-id.ts'
import { isUpgrade, takeUpgrade, type UpgradeRoute } from './upgrade.ts'

/**
 * Returns the path to serve instead of the requested one, at once or after a lookup. `undefined` passes the request to
 * the next rewrite. Must not reject.
 */
export type HostRewrite = (request: IncomingMessage) => string | undefined | Promise<string | undefined>

export interface Front {
  readonly fastPaths: FastPath[]
  readonly gates: ConcurrencyGate[]
  readonly upgrades: UpgradeRoute[]
  /** Called in order; the first path wins. */
  readonly rewrites: HostRewrite[]
  /** Set when the server begins to drain. */
  isDraining: boolean
  /** Requests that arrived after that. They are refused; earlier ones are served, even if they wait at a gate. */
  readonly late: WeakSet<IncomingMessage>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets a route answer its common case before Fastify. Its ordinary route must exist and be public. */
    addFastPath(fastPath: FastPath): void
    /** Limits how many POSTs to these paths run at once. The paths must be routes. */
    addConcurrencyGate(options: ConcurrencyGateOptions): void
    /** Maps other hosts than the installation's own to paths. Rewrites run in the order of their addition. */
    addHostRewrite(rewrite: HostRewrite): void
    /** The client address of a request that Fastify has not seen; same rule as `request.ip`. */
    clientAddress(request: IncomingMessage): string
    /** Takes over connections that ask for a WebSocket at its path. */
    addUpgradeRoute(route: UpgradeRoute): void
  }
}

const timeoutsDefault: ConnectionTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 20_000,
  stalledMs: 20_000,
  checkEveryMs: 1_000,
}
const headersBytesMax = 16 * 1024

export function createFront(): Front {
  return { fastPaths: [], gates: [], upgrades: [], rewrites: [], isDraining: false, late: new WeakSet() }
}

/** Lets modules add to the front. */
export function decorateFront(app: FastifyInstance, front: Front, options: HttpOptions): void {
  app.decorate('clientAddress', (request: IncomingMessage) => clientAddress(request, options.trustedProxies))
  app.decorate('addFastPath', (fastPath: FastPath) => {
    const ordinary = app.routeTable.find(({ method, url }) => method === 'GET' && url === fastPath.url)
    if (ordinary?.access.kind !== 'anyone') throw new Error(`GET ${fastPath.url} is not a route that anyone may call`)
    front.fastPaths.push(fastPath)
  })
  app.decorate('addConcurrencyGate', (gate: ConcurrencyGateOptions) => {
    for (const path of gate.paths) {
      const isRoute = app.routeTable.some(({ method, url }) => method === 'POST' && url === path)
      if (!isRoute) throw new Error(`POST ${path} is not a route`)
    }
    front.gates.push(createConcurrencyGate(gate))
  })
  app.decorate('addUpgradeRoute', (route: UpgradeRoute) => void front.upgrades.push(route))
  app.decorate('addHostRewrite', (rewrite: HostRewrite) => void front.rewrites.push(rewrite))
  // While the server drains, Fastify handles every request and closes its connection.
  app.addHook('preClose', async () => {
    front.isDraining = true
    front.fastPaths.splice(0)
    for (const gate of front.gates.splice(0)) gate.open()
  })
}

/** Creates Node's server with our limits and the front before Fastify's handler. */
export function serverWith(front: Front, options: HttpOptions): FastifyServerFactory<Server> {
  const timeouts = { ...timeoutsDefault, ...options.timeouts }
  const cutStalledReader = stalledReaderCutter(timeouts.stalledMs)
  const fastPathOptions = { log: options.log, metrics: options.metrics, requestIdOf }
  return handle => {
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      for (const fastPath of front.fastPaths) {
        if (takeFastPath(fastPath, fastPathOptions, { request, response })) return
      }
      response.on('timeout', cutStalledReader)
      if (takePreflight(request, response, options)) {
        options.metrics.observe('OPTIONS', 'preflight', 204, 0)
        return
      }
      if (request.method === 'POST') {
        const admit = () => handle(request, response)
        if (takeGate(front.gates, options, { request, response, admit })) return
      }
      handle(request, response)
    }
    const server = createServer(
      {
        headersTimeout: timeouts.headersMs,
        requestTimeout: timeouts.requestMs,
        keepAliveTimeout: timeouts.keepAliveMs,
        connectionsCheckingInterval: timeouts.checkEveryMs,
        maxHeaderSize: headersBytesMax,
        shouldUpgradeCallback: request => isUpgrade(front.upgrades, request),
      },
      (request, response) => {
        if (front.isDraining) front.late.add(request)
        const rewritten = rewrite(front.rewrites, request)
        if (rewritten === undefined) serve(request, response)
        else rewritten.then(() => serve(request, response))
      },
    )
    server.setTimeout(timeouts.stalledMs)
    server.on('upgrade', (request, socket, head) => takeUpgrade(front.upgrades, options, { request, socket, head }))
    return server
  }
}

/**
 * Called when a connection was idle for `stalledMs`. Closes it if the client does not read. If the answer is not ready
 * yet, it stays open, because some operations run for a minute.
 */
function stalledReaderCutter(stalledMs: number): (socket: Socket) => void {
  return socket => {
    if (socket.writableLength > 0) socket.destroy()
    else socket.setTimeout(stalledMs)
  }
}

/**
 * Applies the first rewrite that matches to the request. Returns a promise only when a rewrite has to look something
 * up.
 */
function rewrite(rewrites: readonly HostRewrite[], request: IncomingMessage, from = 0): Promise<void> | undefined {
  for (let index = from; index < rewrites.length; index++) {
    const path = rewrites[index]?.(request)
    if (path instanceof Promise) {
      return path.then(found => {
        if (found === undefined) return rewrite(rewrites, request, index + 1)
        request.url = found
      })
    }
    if (path !== undefined) {
      request.url = path
      return undefined
    }
  }
  return undefined
}

/** Returns false when no gate guards the path. */
function takeGate(
  gates: readonly ConcurrencyGate[],
  options: HttpOptions,
  { request, response, admit }: { request: IncomingMessage; response: ServerResponse; admit: () => void },
): boolean {
  const refuse = (problem: Problem, path: string) => {
    const id = requestIdOf(headerOf(request, 'x-request-id'))
    const status = sendBareProblem(response, problem, id, corsHeaders(request, options))
    options.metrics.observe('POST', path, status, 0)
    options.log.info({ requestId: id, method: 'POST', route: path, status }, 'refused by a concurrency gate')
  }
  return gates.some(gate => gate.take({ request, response }, { admit, refuse }))
}
