import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { RoutingPage } from '../../features/links/routing/routing-page.tsx'
import { NotFound } from '../../shared/ui/not-found.tsx'

const route = getRouteApi('/links/$id/routing')

export function LinkRoutingRoute() {
  const { id } = route.useParams()
  const navigate = useNavigate()
  const onDeleted = () => void navigate({ to: '/links', ignoreBlocker: true })
  return <RoutingPage key={id} id={id} onDeleted={onDeleted} missing={<NotFound />} />
}
