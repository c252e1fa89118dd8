/** The page of a link: its statistics, its settings, and who may see the statistics. */
import { type Link, links } from '@octet/contracts/links'
import { getRouteApi } from '@tanstack/react-router'
import { Sharing } from '../statistics/sharing.tsx'
import { StatsPanel, useStatsInput } from '../statistics/stats-panel.tsx'
import { EditForm } from './edit-form.tsx'
import { LinkFrame } from './link-frame.tsx'
import classes from './link-page.module.css'

const route = getRouteApi('/links/$id')

export function LinkPage() {
  const params = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const input = useStatsInput(search, params.id)
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
    <LinkFrame id={params.id} apiOf={apiOf}>
      {link => (
        <div className={classes.columns}>
          <StatsPanel
            id={link.id}
            code={link.code}
            search={search}
            onSearch={next => navigate({ search: next, replace: true, resetScroll: false })}
          />
          <div className={classes.sidebar}>
            <EditForm link={link} />
            <Sharing link={link} />
          </div>
        </div>
      )}
    </LinkFrame>
  )
}
