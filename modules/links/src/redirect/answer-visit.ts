/** From a decision to an answer: the redirect once its click is on disk, or a page or problem with the reason. */
import { commonProblem, type Problem } from '@octet/contracts'
import { addressOf, applyDecision, sendProblem } from '@octet/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type LinksContext, problem } from '../context.ts'
import type { ShortDomain } from '../domains/store.ts'
import { type Destination, locationOf } from '../routing/rules.ts'
import type { Follow, Visit } from './follow-link.ts'
import { redirectPolicy, type Target } from './target.ts'
import { clickRecord, type VisitRequest, type Where } from './visit.ts'
import { appPage, appPagePolicy, cardPage, gonePage, lockedPage, missingPage, pagePolicy } from './visitor-pages.ts'

/** Guessing codes is limited per address; following existing links is not (docs/limits.md). */
const missesPerMinuteMax = 300

/** A visit on the ordinary route. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly read: VisitRequest
  readonly where: Where
  readonly visit: Visit
  readonly shortUrl: string
}

/** Sends the answer. Throws `rate-limited` after too many unknown codes, `unavailable` when the journal fails. */
export async function answerVisit(ctx: LinksContext, asked: Exchange, follow: Follow): Promise<FastifyReply> {
  switch (follow.outcome) {
    case 'redirect':
      await count(ctx, asked, follow.target, follow.to.variant)
      return follow.to.appUrl !== null && wantsPage(asked.request)
        ? sendPage(asked.reply, 200, appPage(follow.to.appUrl, follow.to.location), appPagePolicy)
        : redirect(asked, follow.to)
    case 'card':
      await count(ctx, asked, follow.target, '')
      return sendCard(asked, follow.target)
    case 'fallback':
      return redirect(asked, follow)
    case 'gone':
    case 'missing':
    case 'locked':
      return refuse(ctx, asked, follow.outcome)
  }
}

/**
 * Redirects the visitor only once the click is on disk: an answered click is a counted click. Takes a callback rather
 * than a promise because the fast path runs through here.
 */
export function writeClick(
  ctx: LinksContext,
  read: VisitRequest,
  click: Where & { target: Target; variant: string },
  done: (failure: Problem | undefined) => void,
): void {
  ctx.clickJournal.append(clickRecord(ctx, read, click), error => {
    done(error === null ? undefined : commonProblem('unavailable', { retryAfterMs: 1_000, cause: error }))
  })
}

function count(ctx: LinksContext, { read, where, visit }: Exchange, target: Target, variant: string): Promise<void> {
  if (!visit.isCounted) return Promise.resolve()
  return new Promise((resolve, reject) => {
    writeClick(ctx, read, { ...where, target, variant }, failure => (failure ? reject(failure) : resolve()))
  })
}

function redirect({ request, reply }: Exchange, { location }: Pick<Destination, 'location'>): FastifyReply {
  // After a form, 303 makes the browser fetch the target without sending the password on.
  const status = request.method === 'POST' ? 303 : 302
  // Headers that protect our own pages do not fit the target: others may embed it, and it may see referrers.
  reply.removeHeader('cross-origin-resource-policy').removeHeader('referrer-policy').removeHeader('x-frame-options')
  return reply.code(status).header('location', location).header('cache-control', redirectPolicy).send()
}

/** Where the owner of a host sends visitors who ask for no code. */
export function answerLanding(reply: FastifyReply, domain: ShortDomain | null): FastifyReply {
  const landing = domain?.landing_url ?? null
  if (landing === null) return sendPage(reply, 404, missingPage, pagePolicy)
  return reply.code(302).header('location', locationOf(landing)).header('cache-control', redirectPolicy).send()
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html')
}

/** The card of a limited or protected link does not reveal its target. */
function sendCard({ reply, shortUrl }: Exchange, target: Target): FastifyReply {
  const isSecret = target.hasClickLimit || target.passwordHash !== null
  const { card } = target
  const page = cardPage({
    title: card?.title ?? target.title ?? 'Short link',
    description: card?.description,
    imageUrl: card?.imageUrl,
    shortUrl,
    location: isSecret ? undefined : target.location,
  })
  return sendPage(reply, 200, page, pagePolicy)
}

function sendPage(reply: FastifyReply, status: number, page: string, policy: string): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .send(page)
}

const refusals = {
  gone: { status: 410, page: gonePage, problem: () => problem('expired') },
  missing: { status: 404, page: missingPage, problem: () => commonProblem('not-found') },
  locked: { status: 401, page: lockedPage(false), problem: () => problem('password-required') },
} as const

async function refuse(
  ctx: LinksContext,
  { request, reply }: Exchange,
  outcome: keyof typeof refusals,
): Promise<FastifyReply> {
  const key = `links.miss ${addressOf(request)}`
  if (outcome === 'missing') {
    applyDecision(reply, await ctx.limiter.takeShared({ key, max: missesPerMinuteMax, windowMs: 60_000 }))
  }
  const refusal = refusals[outcome]
  if (!wantsPage(request)) {
    reply.header('cache-control', 'no-store')
    return sendProblem(reply, refusal.problem(), request.id)
  }
  const wasTried = outcome === 'locked' && request.method === 'POST'
  // 401 asks browsers for credentials they do not have; here the form answers the visit.
  const status = outcome === 'locked' ? (wasTried ? 403 : 200) : refusal.status
  return sendPage(reply, status, wasTried ? lockedPage(true) : refusal.page, pagePolicy)
}
