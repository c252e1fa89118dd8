/** The router, assembled from the routes of all systems. */
import type { QueryClient } from '@tanstack/react-query'
import { createRouter, Outlet } from '@tanstack/react-router'
import { meQuery } from '../features/identity/get-me.ts'
import { root } from '../shared/routing.ts'
import { NotFound } from '../shared/ui/not-found.tsx'
import { focusHeadingOnChange } from './focus-heading.ts'
import { PageFailed, PagePending } from './page-states.tsx'
import { Shell } from './shell.tsx'
import * as systems from './systems.ts'

root.update({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
})

type Systems = typeof systems
type Page = Systems[keyof Systems]['routes'][number]

const routeTree = root.addChildren(Object.values(systems).flatMap(({ routes }): readonly Page[] => routes))

export function makeRouter(queryClient: QueryClient) {
  const router = createRouter({
    routeTree,
    context: { queryClient, loadUser: () => queryClient.ensureQueryData(meQuery) },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingMinMs: 300,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  })
  focusHeadingOnChange(router)
  return router
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
