/** The navigation of the current app: the second column, or a strip above the content on narrow screens. */
import { ActionIcon } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { AppEntry, NavItem, NavSection } from '../shared/app-entry.ts'
import { useT } from '../shared/i18n.tsx'
import { useShell } from '../shared/shell.ts'
import { CountBadge } from '../shared/ui/count-badge.tsx'
import classes from './shell.module.css'

/** Query parameters that identify a place; others only change its presentation. */
const placeParameters = ['tag', 'folder', 'archived']

function useIsHere(): (item: NavItem) => boolean {
  const location = useRouterState({ select: state => state.location })
  const search = location.search as Readonly<Record<string, unknown>>
  return item => location.pathname === item.to && placeParameters.every(name => search[name] === item.search?.[name])
}

export function NavLinks({ items, onFollow }: { items: readonly NavItem[]; onFollow?: () => void }) {
  const isHere = useIsHere()
  return items.map(item => {
    const Icon = item.icon
    const props = {
      className: classes.navItem,
      'aria-current': isHere(item) ? ('page' as const) : undefined,
      onClick: onFollow,
    }
    return (
      <li key={`${item.to} ${JSON.stringify(item.search)}`}>
        <Link to={item.to} search={item.search ?? {}} activeOptions={{ exact: true }} {...props}>
          {Icon === undefined ? null : <Icon size={18} stroke={1.75} aria-hidden="true" />}
          <span className={`${classes.navLabel} truncate`}>
            <bdi>{item.label}</bdi>
          </span>
          {item.badge === undefined ? null : <CountBadge badge={item.badge} />}
        </Link>
      </li>
    )
  })
}

function Head({ app }: { app: AppEntry }) {
  const t = useT()
  const { commands, run } = useShell()
  const create = commands.find(command => command.id === app.createId)
  return (
    <div className={classes.navHead}>
      {t(app.label)}
      {create === undefined ? null : (
        <ActionIcon aria-label={t(create.label)} title={t(create.label)} onClick={() => run(create)}>
          <IconPlus size={18} stroke={1.75} />
        </ActionIcon>
      )}
    </div>
  )
}

export interface AppNavProps {
  readonly app: AppEntry
  readonly sections: readonly NavSection[]
}

export function AppNav({ app, sections }: AppNavProps) {
  const t = useT()
  return (
    <nav className={classes.nav} aria-label={t('shell.nav-of', { app: t(app.label) })}>
      <Head app={app} />
      {sections.map(section => (
        <div key={section.label ?? ''} className={classes.navSection}>
          {section.label === undefined ? null : <h3>{section.label}</h3>}
          <ul>
            <NavLinks items={section.items} />
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** Always present, even with a single place: a strip that appears with its data would push the page down. */
export function NavStrip({ app, sections }: AppNavProps) {
  const t = useT()
  const items = sections.flatMap(section => section.items)
  const path = useRouterState({ select: state => state.location.href })
  const strip = useRef<HTMLUListElement>(null)
  const count = items.length
  // The current place may lie beyond the edge, also after the user's own places have loaded. Only the strip scrolls, so
  // the page does not move.
  useEffect(() => {
    const here = path === '' || count === 0 ? null : strip.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (strip.current === null || here === null || here === undefined) return
    strip.current.scrollLeft = here.offsetLeft - (strip.current.clientWidth - here.offsetWidth) / 2
  }, [path, count])
  return (
    <nav className={classes.stripNav} aria-label={t('shell.nav-of', { app: t(app.label) })}>
      <ul ref={strip} className={classes.strip}>
        <NavLinks items={items} />
      </ul>
    </nav>
  )
}
