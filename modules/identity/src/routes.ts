/** Routes that set cookies, and the public keys in JWKS form. */

import { access, apiPrefix } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Routes } from '@octet/kernel'
import { avatarRoutes } from './account/avatar-routes.ts'
import type { IdentityContext } from './context.ts'
import { fetchExport } from './export/fetch-export.ts'
import { openidRoutes } from './providers/routes.ts'
import { webSetup } from './setup/web-setup.ts'
import { deviceOf, trustDevice } from './sign-in/device-cookie.ts'
import { webFinishLogin } from './sign-in/finish-login.ts'
import { webLogin } from './sign-in/login.ts'
import { logout } from './sign-in/logout.ts'
import { webPasskeyLogin } from './sign-in/passkey-login.ts'
import { webRegister } from './sign-in/register.ts'
import { renewCookie } from './sign-in/sign-browser-in.ts'
import { webStepUp } from './sign-in/step-up.ts'

const jwksMaxAgeSeconds = 300
/** Requests that check or set a password. Two hashes run at a time; each has a few statements before and after. */
const hashingGate = {
  paths: ['login', 'web/login', 'register', 'web/register'].map(path => `${apiPrefix}/auth/${path}`),
  runningMax: 4,
  waitingMax: 60,
  waitMsMax: 5_000,
}

/** Failures never change cookies: a slow tab must not sign out the others. */
export function routes(routesOf: Routes<typeof identity, IdentityContext>): void {
  const { app, contextFor, operation } = routesOf
  operation('webRegister', async (ctx, input, { reply }) => {
    const { me, cookie } = await webRegister(ctx, input)
    reply.header('set-cookie', cookie)
    return me
  })
  operation('webLogin', async (ctx, input, { request, reply }) => {
    const { me, cookie, remember } = await webLogin(ctx, input, deviceOf(ctx, request.headers.cookie))
    reply.header('set-cookie', remember ? [cookie, trustDevice(ctx, me.id)] : cookie)
    return me
  })
  operation('webFinishLogin', async (ctx, input, { reply }) => {
    const { me, cookie, remember } = await webFinishLogin(ctx, input)
    reply.header('set-cookie', remember ? [cookie, trustDevice(ctx, me.id)] : cookie)
    return me
  })
  operation('webPasskeyLogin', async (ctx, input, { reply }) => {
    const { me, cookie } = await webPasskeyLogin(ctx, input)
    reply.header('set-cookie', cookie)
    return me
  })
  operation('webSetup', async (ctx, input, { reply }) => {
    const { me, cookie } = await webSetup(ctx, input)
    reply.header('set-cookie', cookie)
    return me
  })
  operation('webStepUp', async (ctx, input, { reply }) => {
    const { me, cookie } = await webStepUp(ctx, input)
    reply.header('set-cookie', cookie)
    return me
  })
  openidRoutes(routesOf)
  avatarRoutes(routesOf)
  app.addConcurrencyGate(hashingGate)
  operation('logout', async (ctx, _input, { reply }) => {
    await logout(ctx)
    reply.header('set-cookie', ctx.cookie.clear())
    return {}
  })
  // The token is the credential. It was issued after a fresh sign-in.
  app.get<{ Params: { token: string } }>(
    '/exports/:token',
    { config: { access: access.anyone } },
    async (request, reply) => {
      const { body, sizeBytes } = await fetchExport(contextFor(request), request.params.token)
      return reply
        .type('application/zip')
        .header('content-length', sizeBytes)
        .header('content-disposition', 'attachment; filename="octet-data.zip"')
        .header('cache-control', 'no-store')
        .send(body)
    },
  )
  // Every page load reads the account; this renews a cookie that is a day old.
  app.addHook('onSend', async (request, reply) => {
    const isAsked = request.method === 'GET' && request.routeOptions.url === '/api/v1/users/me'
    if (!isAsked || reply.statusCode >= 400 || request.headers.authorization !== undefined) return
    const ctx = contextFor(request)
    const cookie = await renewCookie(ctx).catch(error => {
      ctx.log.warn({ err: error }, 'a cookie could not be renewed; the next page load tries again')
    })
    if (cookie !== undefined) reply.header('set-cookie', cookie)
  })
  app.get('/.well-known/jwks.json', { config: { access: access.anyone } }, async (request, reply) => {
    reply.header('cache-control', `public, max-age=${jwksMaxAgeSeconds}`)
    return { keys: contextFor(request).signingKeys.published() }
  })
}
