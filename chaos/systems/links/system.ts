/** Links under faults: every link once, the last title, every click counted, none for another account. */
import { links } from '@octet/contracts/links'
import { type Call, callsOfOp } from '../../history/history.ts'
import { firstOf, groupBy } from '../../oracles/oracle.ts'
import { countedEvent, defineChaosSystem, type SystemEvidence } from '../system.ts'
import { linksMutants } from './mutants.ts'
import { linksWorkload } from './workload.ts'

/** A type and not an interface: only a type counts as a record of tables. */
export type LinksState = { readonly links: readonly LinkState[] }

export interface LinkState {
  readonly id: string
  readonly url: string
  readonly title: string | null
  readonly isDeleted: boolean
  /** The total, and the sum of its parts. */
  readonly clicks: number
  readonly clicksSummed: number
}

/** @public loaded by systems/all.ts */
export const system = defineChaosSystem<LinksState>({
  name: 'links',
  workload: linksWorkload,
  async readState(sql) {
    const rows = await sql<LinkState[]>`
      select links.id, url, title, deleted_at is not null as "isDeleted",
             coalesce(totals.clicks + totals.bots, 0)::int as clicks,
             coalesce((select sum(counts.clicks + counts.bots) from links.click_counts counts
                       where counts.link_id = links.id), 0)::int as "clicksSummed"
      from links.links left join links.click_totals totals on totals.link_id = links.id`
    return { links: rows }
  },
  unsettled: state => state.links.map(({ clicks }) => clicks),
  creates: [
    {
      noun: 'link',
      op: 'links.create',
      otherOp: 'links.create-other',
      rows: state => state.links.map(({ id, url }) => ({ id, subject: url })),
      idOf: body => (body as { id: string }).id,
      repeats: true,
    },
  ],
  events: [
    countedEvent<LinksState, typeof links, 'link-created'>(links, 'link-created', {
      subjectOf: ({ linkId }) => linkId,
      subjects: state => state.links.map(({ id }) => id),
    }),
  ],
  counters: [
    {
      noun: 'link',
      facts: 'clicks',
      op: 'links.follow',
      isAcknowledged: ({ status }) => status === 302,
      // Deleting a link deletes its clicks.
      ignored: calls => new Set(callsOfOp(calls, 'links.delete').map(({ subject }) => subject)),
      counts: state => state.links.map(({ id, clicks, clicksSummed }) => ({ id, total: clicks, summed: clicksSummed })),
    },
  ],
  foreignReads: ['links.read-foreign'],
  findings: { O1: evidence => [...wrongTitles(evidence), ...undeleted(evidence)] },
  sometimes: calls => ({ followed: callsOfOp(calls, 'links.follow').filter(({ status }) => status === 302).length }),
  mutants: linksMutants,
})

/** An owner changes a link one request after the other: its title is the last acknowledged one, or a later open one. */
function wrongTitles({ calls, state }: SystemEvidence<LinksState>): string[] {
  const deleted = new Set(callsOfOp(calls, 'links.delete').map(({ subject }) => subject))
  const titles = new Map(state.links.map(({ id, title }) => [id, title]))
  const updates = groupBy(callsOfOp(calls, 'links.update'), ({ subject }) => subject)
  return firstOf(
    [...updates].flatMap(([id, changes]) => (deleted.has(id) ? [] : wrongTitle(id, changes, titles.get(id)))),
  )
}

function wrongTitle(id: string, changes: readonly Call[], title: string | null | undefined): string[] {
  const last = changes.findLastIndex(({ kind }) => kind === 'ok')
  if (last === -1) return []
  // An open change must not overwrite a later acknowledged one either.
  const possible = changes.slice(last).filter(({ kind }) => kind !== 'fail')
  if (possible.some(({ value }) => value === title)) return []
  return [`link ${id} has the title "${title}", not the acknowledged "${changes[last]?.value}"`]
}

function undeleted({ calls, state }: SystemEvidence<LinksState>): string[] {
  const alive = new Set(state.links.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id))
  const deleted = callsOfOp(calls, 'links.delete').filter(
    ({ kind, subject = '' }) => kind === 'ok' && alive.has(subject),
  )
  return firstOf(deleted.map(({ subject }) => `the deletion of link ${subject} was acknowledged and it still exists`))
}
