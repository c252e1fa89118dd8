/** The home page: one tile per app, each with a real number and one action, and the first steps until they are done. */
import { Link } from '@tanstack/react-router'
import { Suspense } from 'react'
import type { AppEntry, ChecklistItem } from '../../shared/app-entry.ts'
import { useT } from '../../shared/i18n.tsx'
import { useUser } from '../../shared/session.ts'
import { useShell } from '../../shared/shell.ts'
import { Page } from '../../shared/ui/page.tsx'
import { SkeletonRows } from '../../shared/ui/states.tsx'
import { Checklist, useIsChecklistShown } from './checklist.tsx'
import classes from './home.module.css'

const checklistMax = 5

/** The first steps of all systems; empty until every system has loaded its own. */
function useChecklist(apps: readonly AppEntry[]): readonly ChecklistItem[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is constant, and so is the order of its hooks
  const parts = apps.flatMap(app => app.useChecklist ?? []).map(useItems => useItems())
  return parts.includes(undefined) ? [] : parts.flatMap(part => part ?? []).slice(0, checklistMax)
}

function AppTile({ app, onCreate }: { app: AppEntry; onCreate: () => void }) {
  const t = useT()
  const { Tile, icon: Icon } = app
  if (Tile === undefined) return null
  return (
    <section
      className={classes.tile}
      aria-labelledby={`tile-${app.id}`}
      style={{ '--app-accent': `var(--octet-accent-${app.accent})` }}
    >
      <div className={classes.tileHead}>
        <span className={classes.tileIcon}>
          <Icon size={20} stroke={1.75} aria-hidden="true" />
        </span>
        <h2 id={`tile-${app.id}`}>
          <Link to={app.path}>{t(app.label)}</Link>
        </h2>
      </div>
      <Suspense fallback={<SkeletonRows count={1} heightPx={220} />}>
        <Tile onCreate={onCreate} />
      </Suspense>
    </section>
  )
}

export function HomePage() {
  const t = useT()
  const { apps, open } = useShell()
  const checklist = useChecklist(apps)
  const user = useUser()
  const isChecklistShown = useIsChecklistShown(user.id, checklist)
  return (
    <Page title={t('home.title', { name: user.displayName })}>
      <div className={classes.grid} data-single={!isChecklistShown || undefined}>
        <div className={classes.tiles}>
          {apps.map(app => (
            <AppTile key={app.id} app={app} onCreate={() => open(app.id)} />
          ))}
        </div>
        {isChecklistShown ? <Checklist userId={user.id} items={checklist} /> : null}
      </div>
    </Page>
  )
}
