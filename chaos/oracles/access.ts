/** O7 and O11: what was taken away is refused within a second; what is somebody else's is never given. */
import { type Evidence, firstOf, type Oracle } from './oracle.ts'

const revokedWithinMs = 1_000

/** O7. Counted from when the sign-out was acknowledged to when a request set out that was let in. */
export function revokedIsRefused({ calls }: Pick<Evidence, 'calls'>): string[] {
  const endedAtMs = new Map<string, number>()
  for (const { op, kind, subject = '', toMs } of calls) {
    if (op === 'identity.sign-out' && kind === 'ok')
      endedAtMs.set(subject, Math.min(toMs, endedAtMs.get(subject) ?? toMs))
  }
  const late = calls.flatMap(({ op, kind, status, subject = '', fromMs, server }) => {
    const afterMs = fromMs - (endedAtMs.get(subject) ?? Number.POSITIVE_INFINITY)
    if (!/^identity\.(use|refresh)$/.test(op) || afterMs <= revokedWithinMs) return []
    // Forbidden is said to somebody one believes to know.
    if (kind !== 'ok' && status !== 403) return []
    return [`server ${server} accepted the session of ${subject} ${afterMs} ms after it was ended`]
  })
  return firstOf(late)
}

/** O11 for links. */
export const othersAreOthers: Oracle = ({ calls }) => {
  const given = calls.filter(({ op, kind }) => op === 'links.snoop' && kind === 'ok')
  return firstOf(given.map(({ subject, client }) => `${client} was given link ${subject}, which is somebody else's`))
}
