import { getRouteApi } from '@tanstack/react-router'
import { ProfilePage } from '../../features/identity/people/profile-page.tsx'

const route = getRouteApi('/people/$username')

export function ProfileRoute() {
  const { username } = route.useParams()
  return <ProfilePage key={username} username={username} />
}
