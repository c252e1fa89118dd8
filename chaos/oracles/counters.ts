/** O9: answered ≤ counted ≤ answered + open, link by link, and totals are the sum of their parts. */
import { firstOf, groupBy, type Oracle } from './oracle.ts'

export const countsAreRecounts: Oracle = ({ calls, state }) => {
  const findings: string[] = []
  const follows = groupBy(
    calls.filter(({ op }) => op === 'links.follow'),
    ({ subject }) => subject,
  )
  // A link that was to be deleted takes its clicks along.
  const deleted = new Set(calls.filter(({ op }) => op === 'links.delete').map(({ subject }) => subject))
  for (const { id, clicks, clicksSummed } of state.links) {
    if (clicks !== clicksSummed)
      findings.push(`link ${id} has ${clicks} clicks in total and ${clicksSummed} in its parts`)
    if (deleted.has(id)) continue
    const visits = follows.get(id) ?? []
    const answered = visits.filter(({ status }) => status === 302).length
    const open = visits.filter(({ kind }) => kind === 'info').length
    if (clicks < answered) findings.push(`link ${id}: ${answered} visits were answered, ${clicks} counted`)
    if (clicks > answered + open) findings.push(`link ${id}: ${clicks} counted of ${answered} + ${open} visits`)
  }
  return firstOf(findings)
}
