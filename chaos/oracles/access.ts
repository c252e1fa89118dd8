/** O7 and O11: what was taken away is refused within a second; what is somebody else's is never given. */
import type { Call } from '../history/history.ts'
import { type Evidence, firstOf, groupBy, type Oracle } from './oracle.ts'

const revokedWithinMs = 1_000

/** O7. Counted from when the sign-out was acknowledged to when a request set out that was let in. */
export function revokedIsRefused({ calls }: Pick<Evidence, 'calls'>): string[] {
  const endedAtMs = endsOf(calls)
  const late = calls.flatMap(({ op, kind, status, subject = '', fromMs, server }) => {
    const afterMs = fromMs - (endedAtMs.get(subject) ?? Number.POSITIVE_INFINITY)
    if (!/^identity\.(use|refresh)$/.test(op) || afterMs <= revokedWithinMs) return []
    // Forbidden is said to somebody one believes to know.
    if (kind !== 'ok' && status !== 403) return []
    return [`server ${server} accepted the session of ${subject} ${afterMs} ms after it was ended`]
  })
  return firstOf(late)
}

/** When the end of each session was first acknowledged. */
function endsOf(calls: readonly Call[]): Map<string, number> {
  const endedAtMs = new Map<string, number>()
  for (const { op, kind, subject = '', toMs } of calls) {
    if (op === 'identity.sign-out' && kind === 'ok')
      endedAtMs.set(subject, Math.min(toMs, endedAtMs.get(subject) ?? toMs))
  }
  return endedAtMs
}

/** O11 for links. */
export const othersAreOthers: Oracle = ({ calls }) => {
  const given = calls.filter(({ op, kind }) => op === 'links.snoop' && kind === 'ok')
  return firstOf(given.map(({ subject, client }) => `${client} was given link ${subject}, which is somebody else's`))
}

/** What reached a socket. */
export interface Heard {
  /** Whose session it was opened with. */
  readonly subject: string
  readonly server: number
  readonly what: string
  /** When it was committed, or, of what is not kept, when it arrived. */
  readonly atMs: number
}

/** O7 for sockets: a session that ended hears nothing of what happens more than a second later. */
export function revokedHearsNothing(calls: readonly Call[], heard: readonly Heard[]): string[] {
  const endedAtMs = endsOf(calls)
  const late = heard.filter(({ subject, atMs }) => {
    return atMs > (endedAtMs.get(subject) ?? Number.POSITIVE_INFINITY) + revokedWithinMs
  })
  const counts = groupBy(late, ({ subject, server, what }) => `${subject} at server ${server} heard ${what}`)
  return [...counts].map(([who, frames]) => {
    const latestMs = Math.max(...frames.map(({ atMs, subject }) => atMs - (endedAtMs.get(subject) ?? 0)))
    return `${who} ${frames.length} times, up to ${latestMs} ms after its end`
  })
}
