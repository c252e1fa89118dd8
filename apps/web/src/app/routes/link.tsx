import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { LinkPage } from '../../features/links/link-page.tsx'
import { NotFound } from '../not-found.tsx'

const route = getRouteApi('/links/$id')

export function LinkRoute() {
  const { id } = route.useParams()
  const { days = 30 } = route.useSearch()
  const go = route.useNavigate()
  const navigate = useNavigate()
  return (
    <LinkPage
      key={id}
      id={id}
      days={days}
      onDays={next => void go({ search: { days: next }, replace: true, resetScroll: false })}
      onDeleted={() => void navigate({ to: '/links', ignoreBlocker: true })}
      missing={<NotFound />}
    />
  )
}
