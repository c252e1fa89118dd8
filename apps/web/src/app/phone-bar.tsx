/** On phones: the apps at the bottom within reach of the thumb, create in the middle of them, and a sheet for the rest. */
import { Drawer } from '@mantine/core'
import { IconDots, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { AppEntry } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { NavLinks } from './app-nav.tsx'
import { apps } from './apps.ts'
import classes from './shell.module.css'
import { useShell } from './shell-context.ts'

/** Create and "More" take the other two of six places. */
const appsMax = 4

function Sheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useT()
  const { commands, run } = useShell()
  const rest = apps.filter(app => app.place === 'foot' || apps.indexOf(app) >= appsMax)
  const quick = commands.filter(command => ['palette', 'toggle-theme', 'sign-out'].includes(command.id))
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="bottom"
      size="auto"
      title={t('shell.more')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <ul className={classes.sheetList}>
        <NavLinks items={rest.map(app => ({ label: t(app.label), to: app.path, icon: app.icon }))} onFollow={onClose} />
        {quick.map(command => (
          <li key={command.id}>
            <button
              type="button"
              className={`${classes.navItem} ${classes.sheetButton}`}
              onClick={() => {
                onClose()
                run(command)
              }}
            >
              <command.icon size={18} stroke={1.75} aria-hidden="true" /> {t(command.label)}
            </button>
          </li>
        ))}
      </ul>
    </Drawer>
  )
}

export function PhoneBar({ current }: { current: AppEntry }) {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  const { commands, run } = useShell()
  const create = commands.find(command => command.id === 'create-link')
  return (
    <nav className={classes.phoneBar} aria-label={t('shell.apps')}>
      {apps
        .filter(app => app.place === 'apps')
        .slice(0, appsMax)
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
      <Sheet isOpen={isOpen} onClose={() => setOpen(false)} />
    </nav>
  )
}
