/** O1: acknowledged rows exist, refused ones do not, and an open request that committed stays committed. */
import type { CreateRule, SystemEvidence } from '../systems/system.ts'
import { firstOf, groupBy } from './oracle.ts'

/** O1 for one kind of row. */
export function acknowledgedIsPresent<State>(
  rule: CreateRule<State>,
  { calls, state, stateBefore }: SystemEvidence<State>,
): string[] {
  const { noun } = rule
  const rows = rule.rows(state)
  const ids = new Set(rows.map(({ id }) => id))
  const present = new Set(rows.map(({ subject }) => subject).filter(subject => subject !== ''))
  const creates = calls.filter(({ op }) => op === rule.op)
  const asked = groupBy(creates, ({ subject }) => subject)
  const lost = creates.filter(({ kind, body }) => kind === 'ok' && !ids.has(rule.idOf(body)))
  const refused = [
    ...[...asked].filter(([, attempts]) => attempts.every(({ kind }) => kind === 'fail')).map(([subject]) => subject),
    ...calls.filter(({ op }) => op === rule.otherOp).map(({ subject = '' }) => subject),
  ]
  const gone = rule.rows(stateBefore).filter(({ id }) => !ids.has(id))
  return [
    ...firstOf(lost.map(({ subject }) => `${noun} ${subject} was acknowledged and does not exist`)),
    ...firstOf(
      refused.filter(subject => present.has(subject)).map(subject => `${noun} ${subject} was refused and exists`),
    ),
    ...firstOf(
      [...present]
        .filter(subject => !asked.has(subject) && !refused.includes(subject))
        .map(subject => {
          return `${noun} ${subject} exists and was never requested`
        }),
    ),
    ...firstOf(gone.map(({ subject }) => `${noun} ${subject} existed and then disappeared`)),
  ]
}
