/** O12 and O13: healed, it comes back by itself; and what it says meanwhile is honest and keeps secrets. */
import { firstOf, type Oracle } from './oracle.ts'

const readyWithinMs = 15_000
/** A request may have set out before a fault and met it, and its answer come after. */
const marginMs = 1_000

/** O12. */
export const healsByItself: Oracle = ({ readyMs, drainedMs, drainWithinMs, state }) => {
  const findings: string[] = []
  if (readyMs > readyWithinMs) findings.push(`ready again only ${Math.round(readyMs)} ms after everything was healed`)
  if (drainedMs > drainWithinMs) findings.push(`queues were not empty ${drainWithinMs} ms after everything was healed`)
  if (state.outboxDead > 0) findings.push(`${state.outboxDead} events were given up on`)
  if (state.idleInTransaction > 0) findings.push(`${state.idleInTransaction} connections are idle in a transaction`)
  return findings
}

/** O13. */
export const failuresAreHonest: Oracle = ({ calls, faults, logs, canaries }) => {
  const findings: string[] = []
  for (const { op, status, fromMs, toMs, requestId, body } of calls) {
    if (status === undefined || status < 500) continue
    const hasReason = faults.some(fault => fromMs <= fault.toMs + marginMs && toMs >= fault.fromMs - marginMs)
    const code = (body as { code?: string } | undefined)?.code
    if (!hasReason) findings.push(`${op} was answered ${status} ${code} without a fault`)
    if (status === 500)
      findings.push(`${op} was answered 500 ${code} (request ${requestId}): not what a fault looks like`)
    if (requestId === undefined || !logs.includes(requestId)) {
      findings.push(`${op} was answered ${status} and its request ${requestId} is in no log`)
    }
  }
  const leaked = canaries.filter(text => text !== '' && logs.includes(text))
  return [...firstOf(findings), ...firstOf(leaked.map(text => `a log holds the secret ${text.slice(0, 12)}…`))]
}
