/** Routes to a provider and back. A cookie holds the browser's part of the flow. */
import { access, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Routes } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import { cookieNamed, cookieValue, hostCookie } from '../sessions/cookie.ts'
import { finishProvider } from './finish-provider.ts'
import { startProvider } from './start-provider.ts'

const flowSeconds = 600

/** Registers the routes. A failure redirects to the sign-in page with the problem’s code. */
export function openidRoutes({ app, contextFor, operation }: Routes<typeof identity, IdentityContext>): void {
  operation('startProviderLogin', async (ctx, input, { reply }) => {
    const { url, flow } = await startProvider(ctx, input)
    reply.header('set-cookie', flowCookie(ctx.origin, flow, flowSeconds))
    return { url }
  })
  operation('startProviderLink', async (ctx, input, { reply }) => {
    const { url, flow } = await startProvider(ctx, { ...input, linkTo: requireUser(ctx.actor) })
    reply.header('set-cookie', flowCookie(ctx.origin, flow, flowSeconds))
    return { url }
  })
  app.get('/auth/callback/:provider', { config: { access: access.anyone } }, async (request, reply) => {
    const bare = contextFor(request)
    const { cookie: cookies } = request.headers
    const session = cookieValue(cookies, bare.cookie.name)
    const actor = session === undefined ? bare.actor : await bare.authenticate({ kind: 'cookie', value: session })
    const ctx = { ...bare, actor }
    const { provider } = request.params as { provider: string }
    const query = request.url.split('?')[1] ?? ''
    const finished = await finishProvider(ctx, { provider, query, flow: cookieNamed(cookies, 'oct-flow', ctx.origin) })
    const gone = flowCookie(ctx.origin, '', 0)
    const set = 'cookie' in finished && finished.cookie !== undefined ? [gone, finished.cookie] : [gone]
    const path = 'problem' in finished ? `/sign-in?problem=identity.${finished.problem}` : finished.path
    return reply.header('set-cookie', set).header('cache-control', 'no-store').redirect(path, 303)
  })
}

function flowCookie(origin: string, value: string, maxAgeSeconds: number): string {
  return hostCookie(origin, { name: 'oct-flow', value, maxAgeSeconds })
}
