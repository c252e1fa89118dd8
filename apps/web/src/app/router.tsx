/** The routes: which path shows which page, who may see it, and what its query string may hold. */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { RoomPlace } from '../features/chat/rooms/room-page.tsx'
import { meQuery } from '../features/identity/get-me.ts'
import { type LinkFilter, linkSorts, linksQuery } from '../features/links/manage/list-links.ts'
import { type DayRange, dayRanges, intervals, type StatsSearch } from '../features/links/statistics/day-ranges.ts'
import { loadPageWords } from '../shared/i18n.tsx'
import { safePath } from '../shared/return-path.ts'
import { useSession } from '../shared/session.ts'
import { NotFound, PageFailed, PagePending } from '../shared/ui/not-found.tsx'
import { focusHeadingOnChange } from './focus-heading.ts'
import { Shell } from './shell.tsx'

interface RouterContext {
  readonly queryClient: QueryClient
}

/** Pages that need no words but those that are always there. */
const firstPages = new Set(['/', '/welcome', '/sign-in', '/sign-up', '/forgot-password', '/reset-password'])

const root = createRootRouteWithContext<RouterContext>()({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  // The session decides about everything, the frame included: it is known before anything is shown.
  beforeLoad: async ({ context, location }) => {
    const [user] = await Promise.all([
      context.queryClient.ensureQueryData(meQuery),
      firstPages.has(location.pathname) ? undefined : loadPageWords(),
    ])
    return { user }
  },
})

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
/** The router reads `?q=12` as a number; here it is a word. */
const word = (value: unknown) => (typeof value === 'number' ? String(value) : text(value))

interface NextSearch {
  next?: string | undefined
}
const nextSearch = (search: Record<string, unknown>): NextSearch => ({ next: text(search.next) })

/** The code of the problem with which a provider sent the browser back. */
interface Refused {
  problem?: string | undefined
}
const refused = (search: Record<string, unknown>): Refused => ({ problem: text(search.problem) })

interface GuardArguments {
  readonly context: { readonly user: unknown }
  readonly location: { readonly href: string }
}

/** Sends visitors to sign in, and back again afterwards. */
function requireUser({ context, location }: GuardArguments): void {
  if (context.user === null) throw redirect({ to: '/sign-in', search: { next: location.href } })
}

/** What pages have in common that only those who are signed in see. */
const forUsers = { getParentRoute: () => root, staticData: { isForUsers: true }, beforeLoad: requireUser } as const

/** Who is signed in already has no business on these pages; why a provider was not linked is said where that began. */
function requireVisitor({ context, search }: { context: { user: unknown }; search: NextSearch & Refused }): void {
  if (context.user === null) return
  if (search.problem !== undefined) throw redirect({ to: '/account/security', search: { problem: search.problem } })
  throw redirect({ href: safePath(search.next) })
}

const Front = lazyRouteComponent(() => import('./routes/front.tsx'), 'FrontRoute')
const Home = lazyRouteComponent(() => import('./routes/home.tsx'), 'HomeRoute')

function Index() {
  const { user } = useSession()
  return user === null ? <Front /> : <Home />
}

const index = createRoute({ getParentRoute: () => root, path: '/', component: Index })

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./routes/welcome.tsx'), 'WelcomeRoute'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): NextSearch & Refused => ({
    ...nextSearch(search),
    ...refused(search),
  }),
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import('./routes/sign-in.tsx'), 'SignInRoute'),
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: nextSearch,
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import('./routes/sign-up.tsx'), 'SignUpRoute'),
})

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(
    () => import('../features/identity/sign-in/forgot-password-page.tsx'),
    'ForgotPasswordPage',
  ),
})

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(
    () => import('../features/identity/sign-in/reset-password-page.tsx'),
    'ResetPasswordPage',
  ),
})

const undoEmailChange = createRoute({
  getParentRoute: () => root,
  path: '/undo-email-change',
  component: lazyRouteComponent(() => import('../features/identity/address/undo-email-page.tsx'), 'UndoEmailPage'),
})

const confirmEmail = createRoute({
  ...forUsers,
  path: '/confirm-email',
  component: lazyRouteComponent(
    () => import('../features/identity/address/confirm-email-page.tsx'),
    'ConfirmEmailPage',
  ),
})

const links = createRoute({
  ...forUsers,
  path: '/links',
  validateSearch: (search: Record<string, unknown>): LinkFilter => ({
    q: word(search.q),
    tag: word(search.tag),
    folder: word(search.folder),
    domain: word(search.domain),
    archived: search.archived === true ? true : undefined,
    sort: linkSorts.find(sort => sort === search.sort),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    // Starts while the page's code is on its way; the page shows what becomes of it.
    void context.queryClient.prefetchInfiniteQuery(linksQuery(deps))
  },
  component: lazyRouteComponent(() => import('./routes/links.tsx'), 'LinksRoute'),
})

const daysIn = (search: Record<string, unknown>): DayRange | undefined =>
  dayRanges.find(range => range === Number(search.days))

const link = createRoute({
  ...forUsers,
  path: '/links/$id',
  validateSearch: (search: Record<string, unknown>): StatsSearch => ({
    days: daysIn(search),
    interval: intervals.find(interval => interval === search.interval),
    zone: text(search.zone),
  }),
  component: lazyRouteComponent(() => import('./routes/link.tsx'), 'LinkRoute'),
})

const organize = createRoute({
  ...forUsers,
  path: '/links/organize',
  component: lazyRouteComponent(() => import('../features/links/organize/organize-page.tsx'), 'OrganizePage'),
})

const campaigns = createRoute({
  ...forUsers,
  path: '/links/campaigns',
  component: lazyRouteComponent(() => import('../features/links/campaigns/campaigns-page.tsx'), 'CampaignsPage'),
})

const files = createRoute({
  ...forUsers,
  path: '/links/files',
  component: lazyRouteComponent(() => import('../features/links/files/files-page.tsx'), 'FilesPage'),
})

const domains = createRoute({
  ...forUsers,
  path: '/links/domains',
  component: lazyRouteComponent(() => import('../features/links/domains/domains-page.tsx'), 'DomainsPage'),
})

const webhooks = createRoute({
  ...forUsers,
  path: '/links/webhooks',
  component: lazyRouteComponent(() => import('../features/links/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
})

const webhook = createRoute({
  ...forUsers,
  path: '/links/webhooks/$id',
  component: lazyRouteComponent(() => import('./routes/webhook.tsx'), 'WebhookRoute'),
})

const linkRouting = createRoute({
  ...forUsers,
  path: '/links/$id/routing',
  component: lazyRouteComponent(() => import('./routes/link-routing.tsx'), 'LinkRoutingRoute'),
})

const publicStats = createRoute({
  getParentRoute: () => root,
  path: '/stats/$code',
  validateSearch: (search: Record<string, unknown>): { days?: DayRange | undefined } => ({ days: daysIn(search) }),
  component: lazyRouteComponent(() => import('./routes/public-stats.tsx'), 'PublicStatsRoute'),
})

const chat = createRoute({
  ...forUsers,
  path: '/chat',
  component: lazyRouteComponent(() => import('./routes/chat.tsx'), 'ChatRoute'),
})

const chatInvite = createRoute({
  ...forUsers,
  path: '/chat/invite',
  component: lazyRouteComponent(() => import('./routes/chat-invite.tsx'), 'ChatInviteRoute'),
})

const chatRoom = createRoute({
  ...forUsers,
  path: '/chat/$roomId',
  validateSearch: (search: Record<string, unknown>): RoomPlace => ({
    panel: (['members', 'pins', 'search'] as const).find(panel => panel === search.panel),
    thread: text(search.thread),
    at: Number.isSafeInteger(search.at) ? Number(search.at) : undefined,
  }),
  component: lazyRouteComponent(() => import('./routes/chat-room.tsx'), 'ChatRoomRoute'),
})

const account = createRoute({
  ...forUsers,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/identity/account/account-page.tsx'), 'AccountPage'),
})

const devices = createRoute({
  ...forUsers,
  path: '/account/devices',
  component: lazyRouteComponent(() => import('../features/identity/sessions/devices-page.tsx'), 'DevicesPage'),
})

const security = createRoute({
  ...forUsers,
  path: '/account/security',
  validateSearch: refused,
  component: lazyRouteComponent(() => import('./routes/security.tsx'), 'SecurityRoute'),
})

const keys = createRoute({
  ...forUsers,
  path: '/account/keys',
  component: lazyRouteComponent(() => import('../features/identity/keys/keys-page.tsx'), 'KeysPage'),
})

const newKey = createRoute({
  ...forUsers,
  path: '/account/keys/new',
  component: lazyRouteComponent(() => import('../features/identity/keys/new-key-page.tsx'), 'NewKeyPage'),
})

const activity = createRoute({
  ...forUsers,
  path: '/account/activity',
  component: lazyRouteComponent(() => import('../features/identity/audit/activity-page.tsx'), 'ActivityPage'),
})

const blocked = createRoute({
  ...forUsers,
  path: '/account/blocked',
  component: lazyRouteComponent(() => import('../features/identity/people/blocked-page.tsx'), 'BlockedPage'),
})

const data = createRoute({
  ...forUsers,
  path: '/account/data',
  component: lazyRouteComponent(() => import('./routes/data.tsx'), 'DataRoute'),
})

const goodbye = createRoute({
  getParentRoute: () => root,
  path: '/goodbye',
  validateSearch: (search: Record<string, unknown>): { until?: string | undefined } => ({ until: text(search.until) }),
  component: lazyRouteComponent(() => import('./routes/goodbye.tsx'), 'GoodbyeRoute'),
})

const leakedKey = createRoute({
  getParentRoute: () => root,
  path: '/leaked-key',
  component: lazyRouteComponent(() => import('../features/identity/keys/leaked-key-page.tsx'), 'LeakedKeyPage'),
})

const users = createRoute({
  ...forUsers,
  path: '/admin/users',
  component: lazyRouteComponent(() => import('../features/identity/administration/users-page.tsx'), 'UsersPage'),
})

const reports = createRoute({
  ...forUsers,
  path: '/admin/reports',
  component: lazyRouteComponent(() => import('../features/identity/administration/reports-page.tsx'), 'ReportsPage'),
})

const mails = createRoute({
  ...forUsers,
  path: '/admin/mails',
  component: lazyRouteComponent(() => import('../features/identity/administration/mails-page.tsx'), 'MailsPage'),
})

const people = createRoute({
  ...forUsers,
  path: '/people',
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({ q: word(search.q) }),
  component: lazyRouteComponent(() => import('./routes/people.tsx'), 'PeopleRoute'),
})

const profile = createRoute({
  ...forUsers,
  path: '/people/$username',
  component: lazyRouteComponent(() => import('./routes/profile.tsx'), 'ProfileRoute'),
})

const entrance = [
  welcome,
  signIn,
  signUp,
  forgotPassword,
  resetPassword,
  undoEmailChange,
  confirmEmail,
  goodbye,
  leakedKey,
] as const
const ownAccount = [account, security, devices, keys, newKey, activity, blocked, data] as const
const ownLinks = [
  links,
  link,
  linkRouting,
  publicStats,
  organize,
  campaigns,
  files,
  domains,
  webhooks,
  webhook,
] as const
const chats = [chat, chatInvite, chatRoom] as const
const others = [users, reports, mails, people, profile] as const
const routeTree = root.addChildren([index, ...entrance, ...chats, ...ownLinks, ...ownAccount, ...others])

export function makeRouter(queryClient: QueryClient) {
  const router = createRouter({
    routeTree,
    context: { queryClient },
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
  interface StaticDataRouteOption {
    isForUsers?: boolean
  }
}
