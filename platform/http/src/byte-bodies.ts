/** Request bodies that a handler reads as a stream of bytes. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Registers routes whose bodies are bytes, whatever their content type says. Their handlers read {@link bytesOf}. */
export function withByteBodies(app: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    register(scope)
  })
}

/** The body of a request. A handler may stop reading early: the connection stays open for its answer. */
export function bytesOf(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  return raw.iterator({ destroyOnReturn: false })
}
