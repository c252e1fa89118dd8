import { getRouteApi } from '@tanstack/react-router'
import { SecurityPage } from '../../features/identity/factors/security-page.tsx'

const route = getRouteApi('/account/security')

export function SecurityRoute() {
  return <SecurityPage refusal={route.useSearch().problem} />
}
