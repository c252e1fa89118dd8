/** Registers routes from contracts: access, limits, input, the operation itself, and the response headers. */

import { anonymous, authorize, type Contract } from '@octet/contracts'
import {
  type AnyModule,
  type CompiledOperation,
  type Handler,
  type Host,
  invoke,
  operationsOf,
  type RequestInfo,
} from '@octet/kernel'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { HttpApp } from './app.ts'
import { admit, identify, identifyAnonymous } from './callers.ts'
import { compressAnswer, isCompressible } from './compress.ts'
import { readIdempotencyKey, readIfMatch, readInput } from './input.ts'
import type { HttpOptions } from './options.ts'
import { enforceLimits } from './rate-limits.ts'

/** Registers the public routes of every module in this process. Resolves when all of them are registered. */
export async function addOperationRoutes(app: HttpApp, options: HttpOptions, host: Host): Promise<void> {
  for (const module of host.modules) {
    // A separate scope: hooks, decorators and content types of a module apply to its own routes only.
    await app.register(async scope => addModuleRoutes(scope, options, host, module))
  }
}

function addModuleRoutes(scope: HttpApp, options: HttpOptions, host: Host, module: AnyModule): void {
  const name = (module.contract as Contract).name
  for (const operation of operationsOf(module.contract).values()) {
    const handler = host.handlerOf(operation)
    if (operation.route === undefined || handler === undefined) continue
    addOperationRoute(scope, options, operation, () => handler)
  }
  module.routes?.({
    app: scope,
    admit: (request: FastifyRequest) => admit(options, request),
    contextFor: (request: FastifyRequest) => host.contextOf(name, requestInfo(request)),
    standingContext: () => host.contextOf(name, standingRequest),
    operation: (key: string, handler: ModuleHandler) => {
      const operation = operationsOf(module.contract).get(key)
      if (operation?.spec.handledBy !== 'module') throw new Error(`${name}.${key} is not handled by its module`)
      addOperationRoute(scope, options, operation, (request, reply) => (info, input) => {
        return handler(host.contextOf(name, info), input, { request, reply })
      })
    },
  })
}

type ModuleHandler = (
  ctx: unknown,
  input: unknown,
  http: { request: FastifyRequest; reply: FastifyReply },
) => Promise<unknown>
type HandlerFor = (request: FastifyRequest, reply: FastifyReply) => Handler

function addOperationRoute(
  app: HttpApp,
  options: HttpOptions,
  operation: CompiledOperation,
  handlerFor: HandlerFor,
): void {
  const route = routeOptions(options, operation, handlerFor)
  const { accepts } = operation.spec
  if (accepts === undefined) {
    app.route(route)
    return
  }
  // Only this route accepts bodies of this type.
  app.register(async scope => {
    const parsing = { parseAs: 'string', bodyLimit: accepts.bytesMax } as const
    scope.addContentTypeParser<string>(accepts.type, parsing, (_request, text, done) => done(null, text))
    scope.route(route)
  })
}

function routeOptions(options: HttpOptions, operation: CompiledOperation, handlerFor: HandlerFor): RouteOptions {
  const { route, spec } = operation
  if (route === undefined) throw new Error(`${operation.fullName} has no route`)
  const status = spec.status ?? 200
  // A module that gets the reply may set cookies; pages of other origins use tokens instead.
  const foreign = spec.handledBy === 'module' ? 'bearer-only' : 'anonymous-too'
  return {
    method: route.method,
    url: route.url,
    config: { access: spec.access },
    schema: status === 204 || spec.answers !== undefined ? {} : { response: { [status]: spec.output } },
    // Runs before the body is read: a caller without access cannot send one.
    onRequest: async (request, reply) => {
      const ignores = spec.ignoresCredentials === true
      const actor = ignores ? identifyAnonymous(options, request, foreign) : await identify(options, request, foreign)
      authorize(spec.access, actor)
      await enforceLimits(options, operation, { request, reply, actor })
    },
    ...(isCompressible(operation) ? { onSend: compressAnswer } : {}),
    handler: async (request, reply) => {
      const info = requestInfo(request, operation)
      const output = await invoke(operation, handlerFor(request, reply), info, readInput(operation, request))
      // The module has already sent an answer that is not JSON.
      return spec.answers === undefined ? answer(operation, status, { request, reply, output }) : reply
    },
  }
}

function answer(
  operation: CompiledOperation,
  status: number,
  { request, reply, output }: { request: FastifyRequest; reply: FastifyReply; output: unknown },
): unknown {
  if (operation.spec.versioned === true) {
    const tag = `"${(output as { version: number }).version}"`
    reply.header('etag', tag)
    if (request.method === 'GET' && request.headers['if-none-match'] === tag) return reply.code(304).send()
  }
  reply.header('cache-control', 'no-store')
  reply.code(status)
  return status === 204 ? reply.send() : output
}

const standingRequest: RequestInfo = { actor: anonymous, requestId: 'standing', deadlineMs: Number.MAX_SAFE_INTEGER }

/** The request in the form for the kernel, with the deadline of the operation. */
function requestInfo(request: FastifyRequest, operation?: CompiledOperation): RequestInfo {
  const { headers } = request
  return {
    actor: request.principal ?? anonymous,
    requestId: request.id,
    deadlineMs: Date.now() + (operation?.spec.timeoutMs ?? 10_000),
    span: request.span,
    idempotencyKey: operation?.spec.retry === 'keyed' ? readIdempotencyKey(headers['idempotency-key']) : undefined,
    ifMatch: operation?.spec.versioned === true ? readIfMatch(headers['if-match']) : undefined,
    client: { address: request.ip, userAgent: headers['user-agent'] ?? '' },
  }
}
