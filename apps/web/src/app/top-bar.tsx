/** The bar above the content, the same on every page: search and commands, create, account. */
import { Button, Kbd } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { AppEntry } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { useShell } from '../shared/shell.ts'
import { Account } from './account.tsx'
import { createIdOf } from './apps.ts'
import { Logo } from './logo.tsx'
import classes from './shell.module.css'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function TopBar({ app }: { app: AppEntry }) {
  const t = useT()
  const { commands, run, open } = useShell()
  const create = commands.find(command => command.id === createIdOf(app))
  return (
    <header className={classes.bar}>
      <div className={classes.barStart}>
        <Link to="/" className={`${classes.brand} ${classes.phoneOnly}`} aria-label={t('home.app')}>
          <Logo size={28} />
        </Link>
        <div className={classes.paletteBox}>
          <button
            type="button"
            className={classes.palette}
            onClick={() => open('palette')}
            aria-haspopup="dialog"
            aria-label={t('command.palette')}
          >
            <IconSearch size={18} stroke={1.75} aria-hidden="true" />
            <span>{t('shell.search')}</span>
          </button>
          <Kbd size="xs" className={classes.paletteKeys} aria-hidden="true">
            {isMac ? '⌘K' : 'Ctrl K'}
          </Kbd>
        </div>
      </div>
      <div className={classes.barEnd}>
        {create === undefined ? null : (
          <Button
            className={classes.barHidden}
            leftSection={<IconPlus size={18} stroke={1.75} />}
            onClick={() => run(create)}
          >
            {t('action.create')}
          </Button>
        )}
        <Account />
      </div>
    </header>
  )
}
