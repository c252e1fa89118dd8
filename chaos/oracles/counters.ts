/** O9: acknowledged ≤ counted ≤ acknowledged + open, row by row, and totals equal the sum of their parts. */
import type { CounterRule, SystemEvidence } from '../systems/system.ts'
import { firstOf, groupBy } from './oracle.ts'

/** O9 for one counter. */
export function countsAreRecounts<State>(rule: CounterRule<State>, { calls, state }: SystemEvidence<State>): string[] {
  const { noun, facts, op, isAcknowledged } = rule
  const findings: string[] = []
  const causes = groupBy(
    calls.filter(call => call.op === op),
    ({ subject }) => subject,
  )
  const ignored = rule.ignored(calls)
  for (const { id, total, summed } of rule.counts(state)) {
    if (total !== summed) findings.push(`${noun} ${id} has ${total} ${facts} in total and ${summed} in its parts`)
    if (ignored.has(id)) continue
    const attempts = causes.get(id) ?? []
    const acknowledged = attempts.filter(isAcknowledged).length
    const open = attempts.filter(({ kind }) => kind === 'info').length
    if (total < acknowledged) findings.push(`${noun} ${id}: ${acknowledged} ${facts} acknowledged, ${total} counted`)
    if (total > acknowledged + open) {
      findings.push(`${noun} ${id}: ${total} ${facts} counted of ${acknowledged} acknowledged and ${open} open`)
    }
  }
  return firstOf(findings)
}
