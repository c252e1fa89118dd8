/** Parts for the routes of all systems: the root, the guards, and readers of query strings. */
import type { Me } from '@octet/contracts/identity'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, redirect } from '@tanstack/react-router'
import { loadPageWords } from './i18n.tsx'

interface RouterContext {
  readonly queryClient: QueryClient
  /** The signed-in account, or `null`. */
  readonly loadUser: () => Promise<Me | null>
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Shown to signed-in users only. */
    isForUsers?: boolean
    /** Needs only the messages that are always loaded. */
    isFirst?: boolean
  }
}

/** The parent of every route. `app/router.tsx` gives it the frame around all pages. */
export const root = createRootRouteWithContext<RouterContext>()({
  // The frame depends on the session, so the session loads before anything is shown.
  beforeLoad: async ({ context, matches }) => {
    const needsPageWords = !matches.some(match => match.staticData.isFirst)
    const [user] = await Promise.all([context.loadUser(), needsPageWords ? loadPageWords() : undefined])
    return { user }
  },
})

interface GuardArguments {
  readonly context: { readonly user: unknown }
  readonly location: { readonly href: string }
}

/** Sends visitors to sign in, and back again afterwards. */
function requireUser({ context, location }: GuardArguments): void {
  if (context.user === null) throw redirect({ to: '/sign-in', search: { next: location.href } })
}

/** The options shared by all pages for signed-in users. */
export const forUsers = {
  getParentRoute: () => root,
  staticData: { isForUsers: true },
  beforeLoad: requireUser,
} as const

/** The options shared by all pages that visitors may see too. */
export const forEveryone = { getParentRoute: () => root } as const

/** The same, for pages whose messages load with the first page. */
export const forFirst = { getParentRoute: () => root, staticData: { isFirst: true } } as const

/** A query string that has not been validated. */
export type Search = Record<string, unknown>

/** A value of a query string as text; an empty one is absent. */
export const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** The same for typed text: the router parses `?q=12` as a number. */
export const word = (value: unknown) => (typeof value === 'number' ? String(value) : text(value))
