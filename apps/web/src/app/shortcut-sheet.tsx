/** The `?` sheet: every command that has a shortcut, from the same registry that handles the keys. */
import { Kbd, Switch } from '@mantine/core'
import { useT } from '../shared/i18n.tsx'
import { useShell } from '../shared/shell.ts'
import { store, useStored } from '../shared/storage.ts'
import { Dialog } from '../shared/ui/dialog.tsx'
import classes from './shortcut-sheet.module.css'

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className={classes.keys}>
      {keys.map(key => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  )
}

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useT()
  const { commands } = useShell()
  const isOff = useStored('shortcuts') === 'off'
  return (
    <Dialog opened onClose={onClose} title={t('command.shortcuts')}>
      <dl className={classes.list}>
        <div>
          <dt>{t('command.palette')}</dt>
          <dd>
            <Keys keys={['Ctrl / ⌘', 'K']} />
          </dd>
        </div>
        {commands.map(command =>
          command.keys === undefined ? null : (
            <div key={command.id}>
              <dt>{t(command.label)}</dt>
              <dd>
                <Keys keys={command.keys} />
              </dd>
            </div>
          ),
        )}
      </dl>
      <Switch
        label={t('account.shortcuts')}
        description={t('account.shortcuts-hint')}
        checked={!isOff}
        onChange={event => store('shortcuts', event.currentTarget.checked ? null : 'off')}
      />
    </Dialog>
  )
}
