/** A link's page: how often it was followed and by whom, its settings, and who may see its statistics. */
import { type Link, links } from '@octet/contracts'
import type { StatsSearch } from '../statistics/day-ranges.ts'
import { Sharing } from '../statistics/sharing.tsx'
import { StatsPanel, useStatsInput } from '../statistics/stats-panel.tsx'
import { EditForm } from './edit-form.tsx'
import { LinkFrame, type LinkFrameProps } from './link-frame.tsx'
import classes from './link-page.module.css'

export interface LinkPageProps extends Pick<LinkFrameProps, 'id' | 'onDeleted' | 'missing'> {
  readonly search: StatsSearch
  readonly onSearch: (search: StatsSearch) => void
}

export function LinkPage({ search, onSearch, ...frame }: LinkPageProps) {
  const input = useStatsInput(search, frame.id)
  const apiOf = ({ id, url, version }: Link) => {
    const { getLink, getLinkStats, updateLink, setLinkSharing, deleteLink } = links.operations
    return [
      { operation: getLinkStats, input },
      { operation: getLink, input: { id } },
      { operation: updateLink, input: { id, url }, ifMatch: version },
      { operation: setLinkSharing, input: { id, hasPublicStats: true } },
      { operation: deleteLink, input: { id } },
    ]
  }
  return (
    <LinkFrame {...frame} apiOf={apiOf}>
      {link => (
        <div className={classes.columns}>
          <StatsPanel id={link.id} code={link.code} search={search} onSearch={onSearch} />
          <div className={classes.sidebar}>
            <EditForm link={link} />
            <Sharing link={link} />
          </div>
        </div>
      )}
    </LinkFrame>
  )
}
