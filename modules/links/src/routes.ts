/** The redirect: not through the kernel, because its answer is a header and its speed is the product. */
import type { IncomingMessage } from 'node:http'
import { access, commonProblem, type links, type Problem } from '@octet/contracts'
import { addressOf, applyVerdict, headerOf, sendProblem } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isbot } from 'isbot'
import { type LinksContext, problem } from './context.ts'
import { type Follow, followKnownLink, followLink, unlockLink } from './follow-link.ts'
import { codeKey, encodeClick } from './rules.ts'
import { gonePage, lockedPage, missingPage } from './visitor-pages.ts'

/** Guessing codes is slow from one address; following links that exist is not limited (docs/limits.md). */
const missesPerMinuteMax = 300
const crawlersMax = 10_000
const unlocksPerMinuteMax = 10
const passwordLengthMax = 128
const formBytesMax = 4_096
const redirectPolicy = 'private, max-age=0'
/** No `form-action`: it would also forbid the redirect that follows the right password. */
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

/** Registers `/s/:code`: `GET` and `HEAD` follow a link, `POST` brings the password of a protected one. */
export function routes({ app, contextFor }: Routes<typeof links, LinksContext>): void {
  // One context for all redirects: they carry no caller, and making one per visit costs more than the visit.
  let shared: LinksContext | undefined
  // The click journal records every visit; a line in the access log would say it twice.
  const config = { access: access.anyone, quiet: true }
  app.route<{ Params: { code: string } }>({
    method: ['GET', 'HEAD'],
    url: '/s/:code',
    config,
    handler: (request, reply) => {
      shared ??= contextFor(request)
      const ctx = shared
      const isCounted = request.method === 'GET' && !isPrefetch(request.raw)
      const follow = followLink(ctx, { code: request.params.code, isCounted })
      if (follow instanceof Promise) {
        follow.then(
          result => answer(ctx, { request, reply, isCounted }, result),
          error => reply.send(error),
        )
      } else answer(ctx, { request, reply, isCounted }, follow)
    },
  })
  app.addExpressRoute({
    url: '/s/:code',
    take(code, request, answer) {
      if (shared === undefined || isPrefetch(request)) return false
      const redirect = followKnownLink(shared, code)
      if (redirect === undefined) return false
      writeClick(shared, { linkId: redirect.linkId, userAgent: headerOf(request, 'user-agent') }, failure => {
        const headers = ['location', redirect.location, 'cache-control', redirectPolicy]
        answer(failure ?? { status: 302, headers })
      })
      return true
    },
  })
  app.register(async scope => {
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: formBytesMax },
      (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(text))),
    )
    scope.post<{ Params: { code: string }; Body: { password?: unknown } | null }>(
      '/s/:code',
      { config: { access: access.anyone } },
      async (request, reply) => {
        const ctx = contextFor(request)
        const { code } = request.params
        const key = `links.unlock ${codeKey(code)} ${addressOf(request)}`
        applyVerdict(reply, ctx.limiter.take(key, unlocksPerMinuteMax, 60_000))
        const password = request.body?.password
        const tried = typeof password === 'string' ? password.slice(0, passwordLengthMax) : ''
        answer(ctx, { request, reply, isCounted: true }, await unlockLink(ctx, { code, isCounted: true }, tried))
        return reply
      },
    )
  })
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly isCounted: boolean
}

function answer(ctx: LinksContext, visit: Exchange, follow: Follow): void {
  const { request, reply } = visit
  if (follow.outcome !== 'redirect') {
    refuse(ctx, visit, follow.outcome)
    return
  }
  // After a form 303 says: fetch it, do not send the password on.
  const status = request.method === 'POST' ? 303 : 302
  reply.code(status).header('location', follow.location).header('cache-control', redirectPolicy)
  // What guards our own pages is not for what is behind the link: others may embed it, and its owner may see referrers.
  reply.removeHeader('cross-origin-resource-policy').removeHeader('referrer-policy').removeHeader('x-frame-options')
  if (!visit.isCounted) {
    reply.send()
    return
  }
  const click = { linkId: follow.linkId, userAgent: request.headers['user-agent'] }
  writeClick(ctx, click, failure => reply.send(failure))
}

interface Click {
  readonly linkId: string
  readonly userAgent: string | undefined
}

/** The visitor is sent on only when the click is on disk: an answered click is a counted click. */
function writeClick(
  ctx: LinksContext,
  { linkId, userAgent }: Click,
  done: (failure: Problem | undefined) => void,
): void {
  const record = encodeClick({ linkId, atMs: ctx.now(), isBot: isCrawler(userAgent) })
  ctx.clickJournal.append(record, error => {
    done(error === null ? undefined : commonProblem('unavailable', { retryAfterMs: 1_000, cause: error }))
  })
}

type Refusal = Exclude<Follow['outcome'], 'redirect'>

const refusals = {
  gone: { status: 410, page: gonePage, problem: () => problem('expired') },
  missing: { status: 404, page: missingPage, problem: () => commonProblem('not-found') },
  locked: { status: 401, page: lockedPage(false), problem: () => problem('password-required') },
} as const

function refuse(ctx: LinksContext, { request, reply }: Exchange, outcome: Refusal): void {
  try {
    const key = `links.miss ${addressOf(request)}`
    if (outcome === 'missing') applyVerdict(reply, ctx.limiter.take(key, missesPerMinuteMax, 60_000))
  } catch (error) {
    reply.send(error)
    return
  }
  const refusal = refusals[outcome]
  reply.header('cache-control', 'no-store')
  if (!(request.headers.accept ?? '').includes('text/html')) {
    sendProblem(reply, refusal.problem(), request.id)
    return
  }
  const wasTried = outcome === 'locked' && request.method === 'POST'
  reply
    // 401 asks browsers for credentials they cannot have; the form is the answer to the visit.
    .code(outcome === 'locked' ? (wasTried ? 403 : 200) : refusal.status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', pagePolicy)
    .send(wasTried ? lockedPage(true) : refusal.page)
}

function isPrefetch(request: IncomingMessage): boolean {
  const purpose = headerOf(request, 'sec-purpose') ?? headerOf(request, 'purpose') ?? headerOf(request, 'x-moz')
  return purpose !== undefined && /prefetch|prerender|preview/i.test(purpose)
}

const crawlers = new Map<string, boolean>()

/**
 * What somebody runs to follow a link: command-line tools and the HTTP libraries inside apps. Lists of bots name these
 * too, but a visit by them is a visit; only what comes by itself (crawlers, link previews) is counted apart.
 */
const tools = new RegExp(
  '^(curl|wget|httpie|postmanruntime|insomnia|python|aiohttp|httpx|go-http|okhttp|axios|node|undici|got|java|' +
    'apache-httpclient|dart|k6|autocannon|wrk|hey)\\b',
  'i',
)

/** Whether a user agent comes by itself; remembered, because the same few thousand come again and again. */
function isCrawler(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent === '') return false
  let verdict = crawlers.get(userAgent)
  if (verdict === undefined) {
    verdict = !tools.test(userAgent) && isbot(userAgent)
    if (crawlers.size >= crawlersMax) crawlers.clear()
    crawlers.set(userAgent, verdict)
  }
  return verdict
}
