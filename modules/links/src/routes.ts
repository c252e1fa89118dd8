/** The redirect: plain Fastify, because its answer is a header and its speed is the product. */
import { access, commonProblem, type links } from '@octet/contracts'
import { addressOf, applyVerdict, sendProblem } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isbot } from 'isbot'
import { type LinksContext, problem } from './context.ts'
import { type Follow, followLink } from './follow-link.ts'
import { encodeClick } from './rules.ts'
import { gonePage, missingPage } from './visitor-pages.ts'

/** Guessing codes is slow from one address; following links that exist is not limited (docs/limits.md). */
const missesPerMinuteMax = 300
const botNamesMax = 10_000

/** Registers `GET` and `HEAD /s/:code`. */
export function routes({ app, contextFor }: Routes<typeof links, LinksContext>): void {
  // One context for all redirects: they carry no caller, and making one per visit costs more than the visit.
  let shared: LinksContext | undefined
  app.route<{ Params: { code: string } }>({
    method: ['GET', 'HEAD'],
    url: '/s/:code',
    // The click journal records every visit; a line in the access log would say it twice.
    config: { access: access.anyone, quiet: true },
    handler: (request, reply) => {
      shared ??= contextFor(request)
      const ctx = shared
      const isCounted = request.method === 'GET' && !isPrefetch(request)
      const follow = followLink(ctx, request.params.code, isCounted)
      if (follow instanceof Promise) {
        follow.then(
          result => answer(ctx, { request, reply, isCounted }, result),
          error => reply.send(error),
        )
      } else answer(ctx, { request, reply, isCounted }, follow)
    },
  })
}

interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly isCounted: boolean
}

function answer(ctx: LinksContext, visit: Visit, follow: Follow): void {
  const { request, reply } = visit
  if (follow.outcome !== 'redirect') {
    refuse(ctx, visit, follow.outcome)
    return
  }
  reply.code(302).header('location', follow.location).header('cache-control', 'private, max-age=0')
  if (!visit.isCounted) {
    reply.send()
    return
  }
  const click = { linkId: follow.linkId, atMs: ctx.now(), isBot: isBot(request.headers['user-agent']) }
  // The visitor is sent on only when the click is on disk: an answered click is a counted click.
  ctx.clickJournal.append(encodeClick(click), error => {
    if (error === null) reply.send()
    else reply.send(commonProblem('unavailable', { retryAfterMs: 1_000, cause: error }))
  })
}

function refuse(ctx: LinksContext, { request, reply }: Visit, outcome: 'gone' | 'missing'): void {
  try {
    const key = `links.miss ${addressOf(request)}`
    if (outcome === 'missing') applyVerdict(reply, ctx.limiter.take(key, missesPerMinuteMax, 60_000))
  } catch (error) {
    reply.send(error)
    return
  }
  reply.header('cache-control', 'no-store')
  if (!(request.headers.accept ?? '').includes('text/html')) {
    sendProblem(reply, outcome === 'gone' ? problem('expired') : commonProblem('not-found'), request.id)
    return
  }
  reply
    .code(outcome === 'gone' ? 410 : 404)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .send(outcome === 'gone' ? gonePage : missingPage)
}

function isPrefetch({ headers }: FastifyRequest): boolean {
  const purpose = headers['sec-purpose'] ?? headers.purpose ?? headers['x-moz']
  return typeof purpose === 'string' && /prefetch|prerender|preview/i.test(purpose)
}

const botNames = new Map<string, boolean>()

/** Whether a user agent is a program; remembered, because the same few thousand come again and again. */
function isBot(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent === '') return true
  let verdict = botNames.get(userAgent)
  if (verdict === undefined) {
    verdict = isbot(userAgent)
    if (botNames.size >= botNamesMax) botNames.clear()
    botNames.set(userAgent, verdict)
  }
  return verdict
}
