/** O12 and O13: after healing, service returns without help; failures are honest and logs keep secrets. */
import { type Evidence, type Finder, firstOf } from './oracle.ts'

const readyWithinMs = 15_000
/** A request may start before a fault, meet it, and get its answer after it. */
const marginMs = 1_000

/** O12. */
export const healsByItself: Finder<Evidence> = ({ readyMs, drainedMs, drainWithinMs, state }) => {
  const findings: string[] = []
  if (readyMs > readyWithinMs) findings.push(`ready only ${Math.round(readyMs)} ms after the last heal`)
  if (drainedMs > drainWithinMs) findings.push(`queues were not empty ${drainWithinMs} ms after the last heal`)
  if (state.outboxDead > 0) findings.push(`${state.outboxDead} events are dead letters`)
  if (state.idleInTransaction > 0) findings.push(`${state.idleInTransaction} connections are idle in a transaction`)
  return findings
}

/** O13. */
export const failuresAreHonest: Finder<Evidence> = ({ calls, faults, logs, canaries }) => {
  const findings: string[] = []
  for (const { op, status, fromMs, toMs, requestId, body } of calls) {
    if (status === undefined || status < 500) continue
    const hasReason = faults.some(fault => fromMs <= fault.toMs + marginMs && toMs >= fault.fromMs - marginMs)
    const code = (body as { code?: string } | undefined)?.code
    if (!hasReason) findings.push(`${op} was answered ${status} ${code} without a fault`)
    if (status === 500) findings.push(`${op} was answered 500 ${code} (request ${requestId}); a fault gives 503`)
    if (requestId === undefined || !logs.includes(requestId)) {
      findings.push(`${op} was answered ${status} and no log has its request ${requestId}`)
    }
  }
  const leaked = canaries.filter(text => text !== '' && logs.includes(text))
  return [...firstOf(findings), ...firstOf(leaked.map(text => `a log contains the secret ${text.slice(0, 12)}…`))]
}
