/** The addresses for other processes of Octet: operations and event delivery, by service token only. */
import { access, commonProblem, Problem, problemBody } from '@octet/contracts'
import { asProblem, type Host, invoke, operationsOf, type RequestInfo, type ServiceCaller } from '@octet/kernel'
import { parseTraceparent } from '@octet/observe'
import type { FastifyRequest } from 'fastify'
import type { HttpApp } from './app.ts'
import { readIdempotencyKey, readIfMatch } from './input.ts'

export type VerifyServiceToken = (audience: string, token: string) => Promise<ServiceCaller>

const deadlineMsMax = 60_000
const config = { access: access.service, quiet: true }

/** Serves `POST /internal/<module>/<operation>` and `…/events/<handler>` for every module of the host. */
export function addInternalRoutes(app: HttpApp, host: Host, verify: VerifyServiceToken): void {
  for (const { contract } of host.modules) {
    for (const operation of operationsOf(contract).values()) {
      const handler = host.handlerOf(operation)
      if (handler === undefined) continue
      app.post(`/internal/${operation.module}/${operation.name}`, { config }, async (request, reply) => {
        const info = await internalInfo(request, operation.module, verify)
        // Unlike a public answer, this one reports whether the operation took effect, so that the caller can decide on
        // a retry.
        return invoke(operation, handler, info, request.body).catch(error => {
          const problem = asProblem(error)
          return reply.code(problem.status).send({ ...problemBody(problem, request.id), executed: problem.executed })
        })
      })
    }
    app.post<{ Params: { handler: string } }>(
      `/internal/${contract.name}/events/:handler`,
      { config },
      async request => {
        await internalInfo(request, contract.name, verify)
        const { event, eventId, data } = request.body as { event: string; eventId: string; data: unknown }
        const subscriber = host
          .subscribersOf(event)
          .find(({ module, handler }) => module === contract.name && handler === request.params.handler)
        if (subscriber === undefined) throw commonProblem('not-found')
        const { traceparent } = request.headers as { traceparent?: string }
        await subscriber.deliver({ eventId, data, traceparent })
        return {}
      },
    )
  }
}

async function internalInfo(
  request: FastifyRequest,
  audience: string,
  verify: VerifyServiceToken,
): Promise<RequestInfo> {
  const { headers } = request
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) throw commonProblem('unauthenticated')
  const { caller, actor } = await verify(audience, token)
  const remainingMs = Number(headers['x-octet-deadline-ms'])
  if (!Number.isFinite(remainingMs))
    throw new Problem({ code: 'validation-failed', status: 400, title: 'No deadline.' })
  return {
    actor,
    caller,
    requestId: request.id,
    deadlineMs: Date.now() + Math.min(remainingMs, deadlineMsMax),
    span: parseTraceparent(headers.traceparent as string | undefined),
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    ifMatch: readIfMatch(headers['if-match']),
  }
}
