/** The frame around every page: rail, app navigation and top bar for users; only a top bar for visitors. */
import { useMantineColorScheme } from '@mantine/core'
import { useMatches, useNavigate, useRouter, useRouterState } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useUpdateMe } from '../features/identity/account/update-me.ts'
import { StepUp } from '../features/identity/factors/step-up.tsx'
import { useSignOut } from '../features/identity/sessions/sign-out.ts'
import type { Command } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { isSignedInLikely, useSession } from '../shared/session.ts'
import { ShellContext } from '../shared/shell.ts'
import { showToast } from '../shared/toasts.ts'
import { problemLine } from '../shared/ui/problem-text.ts'
import { SkeletonRows } from '../shared/ui/states.tsx'
import { Toaster } from '../shared/ui/toaster.tsx'
import { appOf, apps } from './apps.ts'
import { commandsFor } from './commands.ts'
import { OfflineBanner } from './offline-banner.tsx'
import { PagePending } from './page-states.tsx'
import { PublicBar } from './public-bar.tsx'
import classes from './shell.module.css'
import { useShortcuts } from './shortcuts.ts'

/** Visitors never need it; for users it loads before the account has answered. */
const loadFrame = () => import('./app-frame.tsx')
if (isSignedInLikely()) void loadFrame().catch(() => undefined)
const AppFrame = lazy(loadFrame)
const Palette = lazy(() => import('./palette.tsx'))
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'))

function OpenDialog({ id, onClose }: { id: string | null; onClose: () => void }) {
  const AppDialog = apps.find(app => app.id === id)?.Dialog
  return (
    <Suspense>
      {id === 'palette' ? <Palette onClose={onClose} /> : null}
      {id === 'shortcuts' ? <ShortcutSheet onClose={onClose} /> : null}
      {AppDialog === undefined ? null : <AppDialog onClose={onClose} />}
    </Suspense>
  )
}

function Watches() {
  return apps.map(({ id, Watch }) => (Watch === undefined ? null : <Watch key={id} />))
}

/** Signs out, confirms it, and opens the front page. */
function useSignOutNow(): () => void {
  const t = useT()
  const navigate = useNavigate()
  const signOut = useSignOut()
  return () =>
    signOut.mutate(undefined, {
      onSuccess: () => {
        showToast({ kind: 'done', message: t('shell.signed-out') })
        void navigate({ to: '/' })
      },
      onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
    })
}

/** Switches this browser at once, and the user's other devices when they next load the account. */
function useToggleTheme(): () => void {
  const { user } = useSession()
  const updateMe = useUpdateMe()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return () => {
    const isDark = colorScheme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : colorScheme === 'dark'
    const theme = isDark ? 'light' : 'dark'
    setColorScheme(theme)
    if (user !== null) updateMe.mutate({ preferences: { ...user.preferences, theme } })
  }
}

function PublicFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.public}>
      <PublicBar />
      <OfflineBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

/**
 * Shows a page for users only while the session lasts. When it ends, the route's guard runs again and sends the user to
 * sign in.
 */
function Guarded({ children }: { children: ReactNode }) {
  const { user } = useSession()
  const router = useRouter()
  const isForUsers = useMatches({ select: matches => matches.some(match => match.staticData.isForUsers) })
  const isLost = isForUsers && user === null
  useEffect(() => {
    if (isLost) void router.invalidate()
  }, [isLost, router])
  return isLost ? <SkeletonRows count={4} heightPx={64} /> : children
}

export function Shell({ children }: { children: ReactNode }) {
  const t = useT()
  const session = useSession()
  const navigate = useNavigate()
  const path = useRouterState({ select: state => state.location.pathname })
  const [dialog, setDialog] = useState<string | null>(null)
  const close = useCallback(() => setDialog(null), [])
  const signOut = useSignOutNow()
  const toggleTheme = useToggleTheme()
  const commands = useMemo(() => commandsFor(session), [session])
  const run = (command: Command) =>
    command.run({ goTo: to => void navigate({ to }), open: setDialog, signOut, toggleTheme })
  useShortcuts(commands, run)
  const app = appOf(path)
  return (
    <ShellContext value={{ apps, commands, run, open: setDialog }}>
      <a className="skip-link" href="#main">
        {t('shell.skip')}
      </a>
      {session.user === null ? (
        <PublicFrame>
          <Guarded>{children}</Guarded>
        </PublicFrame>
      ) : (
        <Suspense fallback={<PagePending />}>
          <AppFrame key={app.id} app={app}>
            {children}
          </AppFrame>
        </Suspense>
      )}
      <OpenDialog id={dialog} onClose={close} />
      {session.user === null ? null : <StepUp />}
      {session.user === null ? null : <Watches />}
      <Toaster />
    </ShellContext>
  )
}
