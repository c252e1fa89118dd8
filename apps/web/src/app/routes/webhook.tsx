import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { WebhookPage } from '../../features/links/webhooks/webhook-page.tsx'
import { NotFound } from '../../shared/ui/not-found.tsx'

const route = getRouteApi('/links/webhooks/$id')

export function WebhookRoute() {
  const { id } = route.useParams()
  const navigate = useNavigate()
  const onDeleted = () => void navigate({ to: '/links/webhooks' })
  return <WebhookPage key={id} id={id} onDeleted={onDeleted} missing={<NotFound />} />
}
