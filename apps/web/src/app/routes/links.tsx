import { getRouteApi } from '@tanstack/react-router'
import { LinksPage } from '../../features/links/manage/links-page.tsx'

const route = getRouteApi('/links')

export function LinksRoute() {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  return <LinksPage filter={filter} onFilter={search => void navigate({ search, replace: true })} />
}
