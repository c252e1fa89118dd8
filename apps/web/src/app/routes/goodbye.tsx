import { getRouteApi } from '@tanstack/react-router'
import { GoodbyePage } from '../../features/identity/privacy/goodbye-page.tsx'

const route = getRouteApi('/goodbye')

export function GoodbyeRoute() {
  return <GoodbyePage until={route.useSearch().until} />
}
