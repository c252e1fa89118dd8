/** `GET /api/v1/realtime/events`: a live stream as server-sent events. docs/realtime.md says how clients use it. */

import type { IncomingHttpHeaders } from 'node:http'
import { access, commonProblem, type FieldError, realtimeEventsPath, streamNamePattern } from '@octet/contracts'
import { addressOf, admit, applyDecision, credentialOf, type HttpApp, type HttpOptions } from '@octet/http'
import type { Realtime, ResumeFrom } from '@octet/realtime'

/** For one account. A client whose connection breaks waits some seconds before the next. */
const opensPerMinuteMax = 120
const streamPattern = new RegExp(streamNamePattern)
/** `SEQ`, or `SEQ@EPOCH` as in the ids of events. */
const positionPattern = /^(\d{1,15})(?:@([\w-]{1,32}))?$/

/** Registers the route. */
export function addEventStreams(app: HttpApp, http: HttpOptions, realtime: Realtime): void {
  const config = { access: access.signedIn, quiet: true }
  app.get(realtimeEventsPath, { config }, async (request, reply) => {
    const principal = await admit(http, request)
    if (principal.kind !== 'user') throw commonProblem('unauthenticated')
    applyDecision(reply, http.limiter.take(`realtime.events user ${principal.userId}`, opensPerMinuteMax, 60_000))
    await realtime.follow({
      ...readQuery(request),
      response: reply.raw,
      onBegin: () => {
        reply.hijack()
        return reply.getHeaders()
      },
      credential: credentialOf(request, http),
      principal,
      client: { address: request.ip, userAgent: request.headers['user-agent'] ?? '' },
      addressKey: addressOf(request),
    })
    if (!reply.sent) reply.hijack() // the client left before the first byte
    return reply
  })
}

interface Asked {
  readonly query: unknown
  readonly headers: IncomingHttpHeaders
}

/** Throws `validation-failed` for what is missing, malformed or unknown. `Last-Event-ID` goes before `after`. */
function readQuery(request: Asked): { readonly stream: string; readonly from: ResumeFrom | null } {
  const { stream, after, ...unknown } = request.query as Readonly<Record<string, unknown>>
  const lastEventId = request.headers['last-event-id']
  const errors: FieldError[] = Object.keys(unknown).map(name => ({ path: `/${name}`, message: 'is not known here' }))
  if (typeof stream !== 'string' || !streamPattern.test(stream)) {
    errors.push({ path: '/stream', message: 'must be the name of a stream: module:kind:key' })
  }
  const [path, position] =
    lastEventId === undefined || lastEventId === '' ? ['/after', after] : ['/Last-Event-ID', lastEventId]
  const match = typeof position === 'string' ? positionPattern.exec(position) : null
  if (position !== undefined && match === null) errors.push({ path, message: 'must be SEQ or SEQ@EPOCH' })
  if (errors.length > 0) throw commonProblem('validation-failed', { errors: errors.slice(0, 20) })
  const from = match === null ? null : { seq: Number(match[1]), epoch: match[2] }
  return { stream: stream as string, from }
}
