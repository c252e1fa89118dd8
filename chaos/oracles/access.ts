/** O7 and O11: a revoked session is refused within a second, and an object is never given to another account. */
import type { Call } from '../history/history.ts'
import type { SessionRule } from '../systems/system.ts'
import { firstOf, groupBy } from './oracle.ts'

const revokedWithinMs = 1_000

/** O7. Measured from the acknowledged end of the session to the start of a request that was accepted. */
export function revokedIsRefused(rule: SessionRule, calls: readonly Call[]): string[] {
  const endedAtMs = endsOf(rule, calls)
  const late = calls.flatMap(({ op, kind, status, subject = '', fromMs, server }) => {
    const afterMs = fromMs - (endedAtMs.get(subject) ?? Number.POSITIVE_INFINITY)
    if (!rule.uses.includes(op) || afterMs <= revokedWithinMs) return []
    // A server answers 403 only to a caller whose session it accepted.
    if (kind !== 'ok' && status !== 403) return []
    return [`server ${server} accepted the session of ${subject} ${afterMs} ms after its end`]
  })
  return firstOf(late)
}

/** When the end of each session was first acknowledged. */
function endsOf(rule: SessionRule, calls: readonly Call[]): Map<string, number> {
  const endedAtMs = new Map<string, number>()
  for (const { op, kind, subject = '', toMs } of calls) {
    if (op === rule.end && kind === 'ok') endedAtMs.set(subject, Math.min(toMs, endedAtMs.get(subject) ?? toMs))
  }
  return endedAtMs
}

/** O11. */
export function othersAreOthers(ops: readonly string[], calls: readonly Call[]): string[] {
  const given = calls.filter(({ op, kind }) => ops.includes(op) && kind === 'ok')
  return firstOf(given.map(({ op, subject, client }) => `${client} got ${subject} of another account by ${op}`))
}

/** What reached a socket. */
export interface Heard {
  /** The session that opened the socket. */
  readonly subject: string
  readonly server: number
  readonly what: string
  /** When a durable event was committed, or when an ephemeral one arrived. */
  readonly atMs: number
}

/** O7 for sockets: a session receives nothing that happens more than a second after its end. */
export function revokedHearsNothing(rule: SessionRule, calls: readonly Call[], heard: readonly Heard[]): string[] {
  const endedAtMs = endsOf(rule, calls)
  const late = heard.filter(({ subject, atMs }) => {
    return atMs > (endedAtMs.get(subject) ?? Number.POSITIVE_INFINITY) + revokedWithinMs
  })
  const counts = groupBy(late, ({ subject, server, what }) => `${subject} at server ${server} received ${what}`)
  return [...counts].map(([sentence, frames]) => {
    const latestMs = Math.max(...frames.map(({ atMs, subject }) => atMs - (endedAtMs.get(subject) ?? 0)))
    return `${sentence} ${frames.length} times, up to ${latestMs} ms after its end`
  })
}
