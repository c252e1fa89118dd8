/** Parts over HTTP: their bytes are streamed, so they do not go through the kernel. */
import type { IncomingMessage } from 'node:http'
import { type Access, type Contract, commonProblem, isId, requireUser } from '@octet/contracts'
import { applyDecision, bytesOf, withByteBodies } from '@octet/http'
import type { Routes } from '@octet/kernel'
import type { Target, UploadContext, UploadsOptions } from './context.ts'
import type { Receiver } from './receive.ts'

const partsPerMinute = 1_200

/** What routes need of {@link Routes}, whatever the module's contract. */
export type ByteRoutes<Ctx> = Pick<Routes<Contract, Ctx>, 'app' | 'admit' | 'contextFor'>

/** Registers `PATCH` and `HEAD` of `/<module>/uploads/:id`. */
export function addPartRoutes<Ctx extends UploadContext, T extends Target, View, Result>(
  { app, admit, contextFor }: ByteRoutes<Ctx>,
  { module }: UploadsOptions<Ctx, T, View, Result>,
  { receiver, access }: { receiver: Receiver<Ctx, T, Result>; access: Access },
): void {
  const config = { access }
  const url = `/${module}/uploads/:id`
  withByteBodies(app, scope => {
    scope.patch<{ Params: { id: string } }>(url, { config }, async (request, reply) => {
      await admit(request)
      const ctx = contextFor(request)
      const key = `${module}.part ${requireUser(ctx.actor).userId}`
      applyDecision(reply, await ctx.limiter.takeShared({ key, max: partsPerMinute, windowMs: 60_000 }))
      const offset = Number(request.headers['upload-offset'])
      if (!Number.isSafeInteger(offset) || offset < 0) {
        throw commonProblem('validation-failed', { errors: [{ path: '/upload-offset', message: 'is not a place' }] })
      }
      const part = { id: idOf(request.params.id), offset, body: untilCut(request.raw) }
      const added = await receiver.addPart(ctx, part)
      return reply.header('upload-offset', added.offset).send(added)
    })
    scope.head<{ Params: { id: string } }>(url, { config }, async (request, reply) => {
      await admit(request)
      const { arrived, size_bytes: sizeBytes } = await receiver.access(contextFor(request), idOf(request.params.id))
      return reply
        .header('upload-offset', arrived)
        .header('upload-length', sizeBytes)
        .header('cache-control', 'no-store')
        .code(204)
        .send()
    })
  })
}

function idOf(text: string): string {
  if (!isId(text)) throw commonProblem('not-found')
  return text
}

/** What came before the connection broke counts. */
async function* untilCut(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  const bytes = bytesOf(raw)[Symbol.asyncIterator]()
  for (;;) {
    const next = await bytes.next().catch(() => undefined)
    if (next === undefined || next.done === true) return
    yield next.value
  }
}
