/** O2: under one key at most one effect, one answer for ever, and no other request. */
import type { Call } from '../history/history.ts'
import { firstOf, groupBy, type Oracle } from './oracle.ts'

const conflicts = new Set(['idempotency-in-flight'])

export const onceIsOnce: Oracle = ({ calls, state }) => {
  const findings: string[] = []
  const rows = groupBy(state.links, ({ url }) => url)
  const creates = calls.filter(({ op }) => op === 'links.create')
  for (const [key, attempts] of groupBy(creates, call => call.key)) {
    const url = attempts[0]?.subject ?? ''
    const count = rows.get(url)?.length ?? 0
    if (count > 1) findings.push(`${key} made ${count} links`)
    const answers = new Set(attempts.filter(({ kind }) => kind === 'ok').map(answerOf))
    if (answers.size > 1) findings.push(`${key} was answered in ${answers.size} ways: ${[...answers].join(' | ')}`)
    for (const { status, body } of attempts) {
      const code = (body as { code?: string } | undefined)?.code ?? ''
      const isConflict = status === 409 && conflicts.has(code)
      if (status !== undefined && status >= 400 && status < 500 && !isConflict)
        findings.push(`${key} was answered ${status} ${code}`)
    }
  }
  const others = calls.filter(({ op, status }) => op === 'links.create-other' && status !== undefined && status < 500)
  for (const { key, status } of others) {
    if (status !== 422) findings.push(`another request under ${key} was answered ${status}, not 422`)
  }
  const registers = calls.filter(({ op }) => op === 'identity.register')
  for (const [key, attempts] of groupBy(registers, call => call.key)) {
    const ids = new Set(attempts.filter(({ kind }) => kind === 'ok').map(userIdOf))
    if (ids.size > 1) findings.push(`${key} made ${ids.size} accounts`)
    const taken = attempts.find(({ status, body }) => status === 409 && !conflicts.has((body as { code: string }).code))
    if (taken !== undefined) findings.push(`${key} was told that its own name is taken`)
  }
  return firstOf(findings)
}

function answerOf({ status, body }: Call): string {
  return `${status} ${JSON.stringify(body)}`
}

function userIdOf({ body }: Call): string {
  return (body as { user: { id: string } }).user.id
}
