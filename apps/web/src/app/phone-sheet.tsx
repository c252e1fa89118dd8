/** The sheet for everything that does not fit into the bottom bar. */
import { Drawer } from '@mantine/core'
import { useT } from '../shared/i18n.tsx'
import { useShell } from '../shared/shell.ts'
import { NavLinks } from './app-nav.tsx'
import { apps, phoneAppsMax } from './apps.ts'
import classes from './shell.module.css'

export default function PhoneSheet({ onClose }: { onClose: () => void }) {
  const t = useT()
  const { commands, run } = useShell()
  const rest = apps.filter(app => app.place === 'foot' || apps.indexOf(app) >= phoneAppsMax)
  const quick = commands.filter(command => ['palette', 'toggle-theme', 'sign-out'].includes(command.id))
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      classNames={{ content: classes.sheet }}
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
