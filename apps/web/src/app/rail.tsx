/** The rail of apps, always one click away; on phones the bottom bar and its sheet have the same entries. */
import { Link } from '@tanstack/react-router'
import type { AppEntry } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { apps } from './apps.ts'
import { Logo } from './logo.tsx'
import classes from './shell.module.css'

function RailItem({ app, isActive }: { app: AppEntry; isActive: boolean }) {
  const t = useT()
  const Icon = app.icon
  return (
    <li>
      <Link
        to={app.path}
        className={classes.railItem}
        data-active={isActive || undefined}
        aria-current={isActive ? 'true' : undefined}
        style={{ '--app-accent': `var(--octet-accent-${app.accent})` }}
      >
        <Icon size={22} stroke={1.75} aria-hidden="true" />
        {t(app.label)}
      </Link>
    </li>
  )
}

export function Rail({ current }: { current: AppEntry }) {
  const t = useT()
  const items = (place: AppEntry['place']) =>
    apps
      .filter(app => app.place === place)
      .map(app => <RailItem key={app.id} app={app} isActive={app.id === current.id} />)
  return (
    <nav className={classes.rail} aria-label={t('shell.apps')}>
      <div>
        <span className={classes.logo}>
          <Logo />
        </span>
        <ul>{items('apps')}</ul>
      </div>
      <ul>{items('foot')}</ul>
    </nav>
  )
}
