/** The frame around every page: for users the rail, the app's navigation and the bar; for visitors a bar alone. */
import { useMantineColorScheme } from '@mantine/core'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import { useSignOut } from '../features/identity/sign-out.ts'
import type { AppEntry, Command } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { useSession } from '../shared/session.ts'
import { showToast } from '../shared/toasts.ts'
import { problemLine } from '../shared/ui/problem-text.ts'
import { Toaster } from '../shared/ui/toaster.tsx'
import { AppNav, NavStrip } from './app-nav.tsx'
import { appOf, apps } from './apps.ts'
import { commandsFor } from './commands.ts'
import { OfflineBanner } from './offline-banner.tsx'
import { PhoneBar } from './phone-bar.tsx'
import { Rail } from './rail.tsx'
import classes from './shell.module.css'
import { ShellContext } from './shell-context.ts'
import { useShortcuts } from './shortcuts.ts'
import { PublicBar, TopBar } from './top-bar.tsx'

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

/** Signs out, says so, and goes to the front page. */
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

function useToggleTheme(): () => void {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return () => {
    const isDark = colorScheme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : colorScheme === 'dark'
    setColorScheme(isDark ? 'light' : 'dark')
  }
}

/** Sections are a hook of the app, so each app gets a component of its own: `key` keeps the order of hooks. */
function AppFrame({ app, children }: { app: AppEntry; children: ReactNode }) {
  const sections = app.useNav?.() ?? []
  const hasNav = sections.length > 0
  return (
    <div
      className={classes.shell}
      data-nav={hasNav || undefined}
      style={{ '--app-accent': `var(--octet-accent-${app.accent})` }}
    >
      <Rail current={app} />
      {hasNav ? <AppNav app={app} sections={sections} /> : null}
      <div className={classes.main}>
        <TopBar app={app} />
        {hasNav ? <NavStrip app={app} sections={sections} /> : null}
        <OfflineBanner />
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <PhoneBar current={app} />
    </div>
  )
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
    <ShellContext value={{ commands, run, open: setDialog }}>
      <a className="skip-link" href="#main">
        {t('shell.skip')}
      </a>
      {session.user === null ? (
        <PublicFrame>{children}</PublicFrame>
      ) : (
        <AppFrame key={app.id} app={app}>
          {children}
        </AppFrame>
      )}
      <OpenDialog id={dialog} onClose={close} />
      <Toaster />
    </ShellContext>
  )
}
