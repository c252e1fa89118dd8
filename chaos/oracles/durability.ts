/** O1: what was acknowledged is there; what was refused is not; what nobody knows stays what it turned out to be. */
import type { Call } from '../history/history.ts'
import type { State } from '../state.ts'
import { firstOf, groupBy, type Oracle } from './oracle.ts'

export const acknowledgedIsPresent: Oracle = ({ calls, state, stateBefore }) => {
  const of = (op: string) => calls.filter(call => call.op === op)
  return [
    ...firstOf(linkFindings(of('links.create'), of('links.create-other'), state)),
    ...firstOf(userFindings(of('identity.register'), state)),
    ...firstOf(titleFindings(of('links.update'), of('links.delete'), state)),
    ...firstOf(deletionFindings(of('links.delete'), state)),
    ...firstOf(sessionFindings(calls)),
    ...firstOf(stabilityFindings(stateBefore, state)),
  ]
}

function linkFindings(creates: readonly Call[], others: readonly Call[], { links }: State): string[] {
  const findings: string[] = []
  const ids = new Set(links.map(({ id }) => id))
  const byUrl = groupBy(links, ({ url }) => url)
  for (const call of creates) {
    const id = (call.body as { id?: string } | undefined)?.id
    if (call.kind === 'ok' && !ids.has(id ?? ''))
      findings.push(`link ${id} (${call.subject}) was acknowledged and is gone`)
  }
  const asked = groupBy(creates, ({ subject }) => subject)
  for (const [url, attempts] of asked) {
    if (attempts.every(({ kind }) => kind === 'fail') && byUrl.has(url))
      findings.push(`${url} was refused and is there`)
  }
  for (const { subject = '' } of others) if (byUrl.has(subject)) findings.push(`${subject} was refused and is there`)
  for (const [url] of byUrl) if (url !== '' && !asked.has(url)) findings.push(`${url} is there and nobody asked for it`)
  return findings
}

function userFindings(registers: readonly Call[], { users }: State): string[] {
  const names = new Set(users.map(({ username }) => username))
  const acked = registers.filter(({ kind }) => kind === 'ok')
  const gone = acked.filter(({ subject = '' }) => !names.has(subject))
  const asked = new Set(registers.map(({ subject }) => subject))
  return [
    ...gone.map(({ subject }) => `account ${subject} was acknowledged and is gone`),
    ...[...names].filter(name => !asked.has(name)).map(name => `account ${name} is there and nobody asked for it`),
  ]
}

/** Its owner changes a link, one change after the other: the title is the last acknowledged, or an open one since. */
function titleFindings(updates: readonly Call[], deletes: readonly Call[], { links }: State): string[] {
  const deleted = new Set(deletes.map(({ subject }) => subject))
  const titles = new Map(links.map(({ id, title }) => [id, title]))
  return [...groupBy(updates, ({ subject }) => subject)].flatMap(([id, changes]) => {
    const last = changes.findLastIndex(({ kind }) => kind === 'ok')
    if (last === -1 || deleted.has(id)) return []
    const possible = changes.slice(last).filter(({ kind }) => kind !== 'fail')
    // An open change of before may not come back over an acknowledged one either.
    if (possible.some(({ value }) => value === titles.get(id))) return []
    return [`link ${id} has the title "${titles.get(id)}", not the acknowledged "${changes[last]?.value}"`]
  })
}

function deletionFindings(deletes: readonly Call[], { links }: State): string[] {
  const alive = new Set(links.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id))
  return deletes
    .filter(({ kind, subject = '' }) => kind === 'ok' && alive.has(subject))
    .map(({ subject }) => `link ${subject} was deleted, acknowledged, and is back`)
}

/** A session nobody ended is not lost, however often the answer to its refresh was. */
function sessionFindings(calls: readonly Call[]): string[] {
  const ended = new Set(calls.filter(({ op }) => op === 'identity.sign-out').map(({ subject }) => subject))
  return calls
    .filter(({ op, status, subject }) => op === 'identity.refresh' && status === 401 && !ended.has(subject))
    .map(({ subject, body }) => `the session of ${subject} is lost: ${(body as { code?: string } | undefined)?.code}`)
}

function stabilityFindings(before: State, after: State): string[] {
  const now = new Set(after.links.map(({ id }) => id))
  return before.links.filter(({ id }) => !now.has(id)).map(({ id }) => `link ${id} was there and then was not`)
}
