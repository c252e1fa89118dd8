/** The redirect. It bypasses the kernel: its answer is a header, and speed is the product. */
import type { IncomingMessage } from 'node:http'
import { access } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { addressOf, applyDecision } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LinksContext } from './context.ts'
import { fileRoutes } from './files/routes.ts'
import { targetKey } from './manage/codes.ts'
import { shortUrlOf } from './manage/rules.ts'
import { answerLanding, answerVisit, type Exchange, writeClick } from './redirect/answer-visit.ts'
import { followLink, knownPlainTarget, unlockLink, type Visit } from './redirect/follow-link.ts'
import { pathOnDomain } from './redirect/hosts.ts'
import { readVisit, visitorOf } from './redirect/visit.ts'

const unlocksPerMinuteMax = 10
const passwordLengthMax = 128
const formBytesMax = 4_096

/** Registers `/s/:code`: `GET` and `HEAD` follow a link, `POST` submits the password of a protected one. */
export function routes({ app, standingContext, operation }: Routes<typeof links, LinksContext>): void {
  fileRoutes({ operation })
  // One context for all redirects: they have no caller, and creating one per visit costs more than the visit.
  const ctx = standingContext()
  // The click journal records every visit; an access log line would duplicate it.
  const config = { access: access.anyone, quiet: true }
  app.addHostRewrite(request => {
    const domain = ctx.shortDomains.ofRequest(request)
    const { url = '/' } = request
    if (!(domain instanceof Promise)) return pathOnDomain(url, domain)
    return domain.then(
      found => pathOnDomain(url, found),
      () => undefined,
    )
  })
  app.get('/s', { config }, async (request, reply) => {
    return answerLanding(reply, await ctx.shortDomains.ofRequest(request.raw))
  })
  app.route<{ Params: { code: string } }>({
    method: ['GET', 'HEAD'],
    url: '/s/:code',
    config,
    handler: async (request, reply) => {
      const asked = await readRequest(ctx, { request, reply, code: request.params.code })
      await ctx.visitorSalts.load(ctx.now())
      return answerVisit(ctx, asked, await followLink(ctx, asked.visit))
    },
  })
  app.addFastPath({
    url: '/s/:code',
    take(code, request, answer) {
      const domain = ctx.shortDomains.ofRequest(request)
      if (domain instanceof Promise) return false
      const target = knownPlainTarget(ctx, targetKey(code, domain?.id))
      if (target === undefined) return false
      const read = readVisit(request)
      if (read.isPrefetch) return false
      const address = app.clientAddress(request)
      writeClick(ctx, read, { raw: request, address, target, variant: '' }, failure => {
        answer(failure ?? target.redirect)
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
        const asked = await readRequest(ctx, { request, reply, code: request.params.code })
        const limitKey = `links.unlock ${asked.visit.key} ${addressOf(request)}`
        const verdict = await ctx.limiter.takeShared({ key: limitKey, max: unlocksPerMinuteMax, windowMs: 60_000 })
        applyDecision(reply, verdict)
        const password = request.body?.password
        const tried = typeof password === 'string' ? password.slice(0, passwordLengthMax) : ''
        await ctx.visitorSalts.load(ctx.now())
        return answerVisit(ctx, asked, await unlockLink(ctx, asked.visit, tried))
      },
    )
  })
}

async function readRequest(
  ctx: LinksContext,
  { request, reply, code }: { request: FastifyRequest; reply: FastifyReply; code: string },
): Promise<Exchange> {
  const raw: IncomingMessage = request.raw
  const read = readVisit(raw)
  const where = { raw, address: request.ip }
  const domain = await ctx.shortDomains.ofRequest(raw)
  const visit: Visit = {
    key: targetKey(code, domain?.id),
    isCounted: request.method !== 'HEAD' && !read.isPrefetch,
    kind: read.userAgent.kind,
    visitor: visitorOf(ctx, read, where),
  }
  const shortUrl = shortUrlOf({ code, domain: domain?.host ?? null }, ctx.origin)
  return { request, reply, read, where, visit, shortUrl }
}
