import { getRouteApi } from '@tanstack/react-router'
import { PublicStatsPage } from '../../features/links/statistics/public-stats-page.tsx'

const route = getRouteApi('/stats/$code')

export function PublicStatsRoute() {
  const { code } = route.useParams()
  const { days = 30 } = route.useSearch()
  const go = route.useNavigate()
  const onDays = (next: typeof days) => void go({ search: { days: next }, replace: true, resetScroll: false })
  return <PublicStatsPage key={code} code={code} days={days} onDays={onDays} />
}
