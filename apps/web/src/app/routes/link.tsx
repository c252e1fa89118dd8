import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { LinkPage } from '../../features/links/manage/link-page.tsx'
import { NotFound } from '../../shared/ui/not-found.tsx'

const route = getRouteApi('/links/$id')

export function LinkRoute() {
  const { id } = route.useParams()
  const go = route.useNavigate()
  const navigate = useNavigate()
  return (
    <LinkPage
      key={id}
      id={id}
      search={route.useSearch()}
      onSearch={search => void go({ search, replace: true, resetScroll: false })}
      onDeleted={() => void navigate({ to: '/links', ignoreBlocker: true })}
      missing={<NotFound />}
    />
  )
}
