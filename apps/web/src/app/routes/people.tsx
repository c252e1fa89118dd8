import { getRouteApi } from '@tanstack/react-router'
import { PeoplePage } from '../../features/identity/people/people-page.tsx'

const route = getRouteApi('/people')

export function PeopleRoute() {
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const search = (next: string) => void navigate({ search: { q: next === '' ? undefined : next }, replace: true })
  return <PeoplePage q={q} onSearch={search} />
}
