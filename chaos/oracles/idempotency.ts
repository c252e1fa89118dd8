/** O2: one key has at most one effect and one answer, and rejects a different request. */
import type { Call } from '../history/history.ts'
import type { CreateRule, SystemEvidence } from '../systems/system.ts'
import { firstOf, groupBy } from './oracle.ts'

/** The answer to a request whose twin is still running. */
const inFlight = 'idempotency-in-flight'

/** O2 for one kind of row. */
export function onceIsOnce<State>(rule: CreateRule<State>, { calls, state }: SystemEvidence<State>): string[] {
  const rows = groupBy(rule.rows(state), ({ subject }) => subject)
  const creates = groupBy(
    calls.filter(({ op }) => op === rule.op),
    ({ key }) => key,
  )
  const findings = [...creates].flatMap(([key, attempts]) => {
    const count = rows.get(attempts[0]?.subject ?? '')?.length ?? 0
    return [...(count > 1 ? [`${key} created ${count} rows (${rule.noun})`] : []), ...answersUnder(rule, key, attempts)]
  })
  const others = calls.filter(({ op, status }) => op === rule.otherOp && status !== undefined && status < 500)
  for (const { key, status } of others) {
    if (status !== 422) findings.push(`a different request under ${key} was answered ${status}, not 422`)
  }
  return firstOf(findings)
}

function answersUnder<State>(rule: CreateRule<State>, key: string, attempts: readonly Call[]): string[] {
  const { answerOf = body => body, refusals = [] } = rule
  const acknowledged = attempts.filter(({ kind }) => kind === 'ok')
  const answers = new Set(acknowledged.map(({ status, body }) => `${status} ${JSON.stringify(answerOf(body))}`))
  const unexpected = attempts.filter(({ status = 0, body }) => {
    const isRefusal = status >= 400 && status < 500 && !refusals.includes(status)
    return isRefusal && !(status === 409 && codeOf(body) === inFlight)
  })
  return [
    ...(answers.size > 1 ? [`${key} got ${answers.size} different answers: ${[...answers].join(' | ')}`] : []),
    ...unexpected.map(({ status, body }) => `${key} was answered ${status} ${codeOf(body)}`),
  ]
}

function codeOf(body: unknown): string {
  return (body as { code?: string } | undefined)?.code ?? ''
}
