/** Errors as `application/problem+json` (RFC 9457). */
import { commonProblem, Problem, problemBody } from '@octet/contracts'
import type { FastifyReply } from 'fastify'

/** Sends `application/problem+json`, with `Retry-After` and `WWW-Authenticate` where they apply. */
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

/** Translates Fastify's own errors into problems of the catalogue; returns every other error unchanged. */
export function translateFastifyError(error: unknown): unknown {
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
