/** The bottom bar of phones: the apps within reach of the thumb, create beside them, and a sheet for the rest. */
import { IconDots, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { AppEntry } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { useShell } from '../shared/shell.ts'
import { apps, createIdOf, phoneAppsMax } from './apps.ts'
import classes from './shell.module.css'

const PhoneSheet = lazy(() => import('./phone-sheet.tsx'))

export function PhoneBar({ current }: { current: AppEntry }) {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  const { commands, run } = useShell()
  const create = commands.find(command => command.id === createIdOf(current))
  return (
    <nav className={classes.phoneBar} aria-label={t('shell.apps')}>
      {apps
        .filter(app => app.place === 'apps')
        .slice(0, phoneAppsMax)
        .map(app => (
          <Link
            key={app.id}
            to={app.path}
            className={classes.phoneItem}
            data-active={app.id === current.id || undefined}
            aria-current={app.id === current.id ? 'true' : undefined}
            style={{ '--app-accent': `var(--octet-accent-${app.accent})` }}
          >
            <app.icon size={22} stroke={1.75} aria-hidden="true" /> {t(app.label)}
          </Link>
        ))}
      {create === undefined ? null : (
        <button type="button" className={classes.phoneItem} onClick={() => run(create)}>
          <IconPlus size={22} stroke={1.75} aria-hidden="true" /> {t('action.create')}
        </button>
      )}
      <button type="button" className={classes.phoneItem} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <IconDots size={22} stroke={1.75} aria-hidden="true" /> {t('shell.more')}
      </button>
      {isOpen ? (
        <Suspense>
          <PhoneSheet onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </nav>
  )
}
