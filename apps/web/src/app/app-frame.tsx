/** The frame around every page of a user: rail, app navigation and top bar, plus a bottom bar on phones. */
import type { ReactNode } from 'react'
import { UnverifiedBanner } from '../features/identity/address/unverified-banner.tsx'
import type { AppEntry } from '../shared/app-entry.ts'
import { AppNav, NavStrip } from './app-nav.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import { PhoneBar } from './phone-bar.tsx'
import { Rail } from './rail.tsx'
import classes from './shell.module.css'
import { TopBar } from './top-bar.tsx'

/** `sections` is a hook of the app, so each app needs its own component: `key` keeps the order of hooks. */
export default function AppFrame({ app, children }: { app: AppEntry; children: ReactNode }) {
  const sections = app.useNav?.() ?? []
  const hasNav = sections.length > 0
  return (
    <div
      className={classes.shell}
      data-nav={hasNav || undefined}
      data-full-height={app.isFullHeight || undefined}
      style={{ '--app-accent': `var(--octet-accent-${app.accent})` }}
    >
      <Rail current={app} />
      {hasNav ? <AppNav app={app} sections={sections} /> : null}
      <div className={classes.main}>
        <TopBar app={app} />
        {hasNav && !app.isFullHeight ? <NavStrip app={app} sections={sections} /> : null}
        <OfflineBanner />
        <UnverifiedBanner className={classes.offline} />
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <PhoneBar current={app} />
    </div>
  )
}
