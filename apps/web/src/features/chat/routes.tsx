/** The pages of chat. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { forUsers, type Search, text } from '../../shared/routing.ts'
import type { RoomPlace } from './rooms/room-page.tsx'

export const routes = [
  createRoute({
    ...forUsers,
    path: '/chat',
    component: lazyRouteComponent(() => import('./rooms/rooms-page.tsx'), 'RoomsPage'),
  }),
  createRoute({
    ...forUsers,
    path: '/chat/invite',
    component: lazyRouteComponent(() => import('./members/invite-page.tsx'), 'InvitePage'),
  }),
  createRoute({
    ...forUsers,
    path: '/chat/$roomId',
    validateSearch: (search: Search): RoomPlace => ({
      panel: (['members', 'pins', 'search'] as const).find(panel => panel === search.panel),
      thread: text(search.thread),
      at: Number.isSafeInteger(search.at) ? Number(search.at) : undefined,
    }),
    remountDeps: ({ params }) => params,
    component: lazyRouteComponent(() => import('./rooms/room-page.tsx'), 'RoomPage'),
  }),
] as const
