/** The menu of the account: where to change things, how it looks, and the way out. */
import { Menu } from '@mantine/core'
import { IconDevices, IconKeyboard, IconLogout, IconMoon, IconUserCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../shared/i18n.tsx'
import { useUser } from '../shared/session.ts'
import classes from './shell.module.css'
import { useShell } from './shell-context.ts'

const iconProps = { size: 16, stroke: 1.75 } as const

/** At most two letters; drawn by the stylesheet, because they are a picture and not part of the button's name. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map(word => Array.from(word ?? '')[0] ?? '').join('')
}

export function AccountMenu() {
  const t = useT()
  const user = useUser()
  const { commands, run, open } = useShell()
  const runById = (id: string) => {
    const command = commands.find(each => each.id === id)
    if (command !== undefined) run(command)
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={classes.avatar}
          data-initials={initialsOf(user.displayName)}
          aria-label={t('shell.account-of', { name: user.displayName })}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.username}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle {...iconProps} />}>
          {t('account.title')}
        </Menu.Item>
        <Menu.Item component={Link} to="/account/devices" leftSection={<IconDevices {...iconProps} />}>
          {t('devices.title')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconMoon {...iconProps} />} onClick={() => runById('toggle-theme')}>
          {t('command.theme')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard {...iconProps} />} onClick={() => open('shortcuts')}>
          {t('command.shortcuts')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...iconProps} />} onClick={() => runById('sign-out')}>
          {t('command.sign-out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
