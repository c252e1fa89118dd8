/** The pages of accounts: sign-in, the user's own account, other users, administration. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { safePath } from '../../shared/return-path.ts'
import { forEveryone, forFirst, forUsers, type Search, text, word } from '../../shared/routing.ts'

interface NextSearch {
  next?: string | undefined
}
const nextSearch = (search: Search): NextSearch => ({ next: text(search.next) })

/** The code of the problem with which a provider returned the browser. */
interface Refused {
  problem?: string | undefined
}
const refused = (search: Search): Refused => ({ problem: text(search.problem) })

/**
 * Redirects signed-in users away from the sign-in pages. If a provider could not be linked, they go to the security
 * page, which shows the reason.
 */
function requireVisitor({ context, search }: { context: { user: unknown }; search: NextSearch & Refused }): void {
  if (context.user === null) return
  if (search.problem !== undefined) throw redirect({ to: '/account/security', search: { problem: search.problem } })
  throw redirect({ href: safePath(search.next) })
}

const welcome = createRoute({
  ...forFirst,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./sign-in/welcome-page.tsx'), 'WelcomePage'),
})

const signIn = createRoute({
  ...forFirst,
  path: '/sign-in',
  validateSearch: (search: Search): NextSearch & Refused => ({ ...nextSearch(search), ...refused(search) }),
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const signUp = createRoute({
  ...forFirst,
  path: '/sign-up',
  validateSearch: nextSearch,
  beforeLoad: requireVisitor,
  component: lazyRouteComponent(() => import('./sign-in/sign-up-page.tsx'), 'SignUpPage'),
})

const forgotPassword = createRoute({
  ...forFirst,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./sign-in/forgot-password-page.tsx'), 'ForgotPasswordPage'),
})

const resetPassword = createRoute({
  ...forFirst,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/reset-password-page.tsx'), 'ResetPasswordPage'),
})

const undoEmailChange = createRoute({
  ...forEveryone,
  path: '/undo-email-change',
  component: lazyRouteComponent(() => import('./address/undo-email-page.tsx'), 'UndoEmailPage'),
})

const confirmEmail = createRoute({
  ...forUsers,
  path: '/confirm-email',
  component: lazyRouteComponent(() => import('./address/confirm-email-page.tsx'), 'ConfirmEmailPage'),
})

const goodbye = createRoute({
  ...forEveryone,
  path: '/goodbye',
  validateSearch: (search: Search): { until?: string | undefined } => ({ until: text(search.until) }),
  component: lazyRouteComponent(() => import('./privacy/goodbye-page.tsx'), 'GoodbyePage'),
})

const leakedKey = createRoute({
  ...forEveryone,
  path: '/leaked-key',
  component: lazyRouteComponent(() => import('./keys/leaked-key-page.tsx'), 'LeakedKeyPage'),
})

const account = createRoute({
  ...forUsers,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})

const security = createRoute({
  ...forUsers,
  path: '/account/security',
  validateSearch: refused,
  component: lazyRouteComponent(() => import('./factors/security-page.tsx'), 'SecurityPage'),
})

const devices = createRoute({
  ...forUsers,
  path: '/account/devices',
  component: lazyRouteComponent(() => import('./sessions/devices-page.tsx'), 'DevicesPage'),
})

const keys = createRoute({
  ...forUsers,
  path: '/account/keys',
  component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
})

const newKey = createRoute({
  ...forUsers,
  path: '/account/keys/new',
  component: lazyRouteComponent(() => import('./keys/new-key-page.tsx'), 'NewKeyPage'),
})

const activity = createRoute({
  ...forUsers,
  path: '/account/activity',
  component: lazyRouteComponent(() => import('./audit/activity-page.tsx'), 'ActivityPage'),
})

const blocked = createRoute({
  ...forUsers,
  path: '/account/blocked',
  component: lazyRouteComponent(() => import('./people/blocked-page.tsx'), 'BlockedPage'),
})

const data = createRoute({
  ...forUsers,
  path: '/account/data',
  component: lazyRouteComponent(() => import('./privacy/data-page.tsx'), 'DataPage'),
})

const users = createRoute({
  ...forUsers,
  path: '/admin/users',
  component: lazyRouteComponent(() => import('./administration/users-page.tsx'), 'UsersPage'),
})

const reports = createRoute({
  ...forUsers,
  path: '/admin/reports',
  component: lazyRouteComponent(() => import('./administration/reports-page.tsx'), 'ReportsPage'),
})

const mails = createRoute({
  ...forUsers,
  path: '/admin/mails',
  component: lazyRouteComponent(() => import('./administration/mails-page.tsx'), 'MailsPage'),
})

const flags = createRoute({
  ...forUsers,
  path: '/admin/flags',
  component: lazyRouteComponent(() => import('./administration/flags-page.tsx'), 'FlagsPage'),
})

const people = createRoute({
  ...forUsers,
  path: '/people',
  validateSearch: (search: Search): { q?: string | undefined } => ({ q: word(search.q) }),
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})

const profile = createRoute({
  ...forUsers,
  path: '/people/$username',
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import('./people/profile-page.tsx'), 'ProfilePage'),
})

const entrance = [welcome, signIn, signUp, forgotPassword, resetPassword, undoEmailChange, confirmEmail] as const
const ownAccount = [account, security, devices, keys, newKey, activity, blocked, data, goodbye, leakedKey] as const
const others = [people, profile, users, reports, mails, flags] as const

export const routes = [...entrance, ...ownAccount, ...others] as const
