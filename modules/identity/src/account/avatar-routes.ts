/** Bytes of profile pictures in and out: they are streamed, so they do not go through the kernel. */
import { access, commonProblem, isId, requireUser } from '@octet/contracts'
import { avatarBytesMax, type identity } from '@octet/contracts/identity'
import { applyDecision, bytesOf, withByteBodies } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import { fetchAvatar, setAvatar, tooLarge } from './set-avatar.ts'

const uploadsPerMinute = 10
const hashPattern = /^[0-9a-f]{64}$/
const secondsKept = 365 * 86_400

/** Registers the upload of the caller's picture and the download of every account's. */
export function avatarRoutes({ app, admit, contextFor }: Routes<typeof identity, IdentityContext>): void {
  withByteBodies(app, scope => {
    const config = { access: access.user('account:write') }
    scope.put('/users/me/avatar', { config }, async (request, reply) => {
      await admit(request)
      const ctx = contextFor(request)
      const key = `identity.avatar ${requireUser(ctx.actor).userId}`
      applyDecision(reply, await ctx.limiter.takeShared({ key, max: uploadsPerMinute, windowMs: 60_000 }))
      if (Number(request.headers['content-length'] ?? 0) > avatarBytesMax) throw tooLarge()
      return setAvatar(ctx, bytesOf(request.raw))
    })
  })
  const config = { access: access.user('people:read') }
  app.get<{ Params: { id: string; hash: string } }>('/users/:id/avatar/:hash', { config }, async (request, reply) => {
    await admit(request)
    const { id, hash } = request.params
    if (!isId(id) || !hashPattern.test(hash)) throw commonProblem('not-found')
    const { body, sizeBytes } = await fetchAvatar(contextFor(request), { userId: id, hash })
    return (
      reply
        .type('image/webp')
        .header('content-length', sizeBytes)
        // The address changes with the picture.
        .header('cache-control', `private, max-age=${secondsKept}, immutable`)
        .header('content-security-policy', "sandbox; default-src 'none'")
        .header('x-content-type-options', 'nosniff')
        .send(body)
    )
  })
}
