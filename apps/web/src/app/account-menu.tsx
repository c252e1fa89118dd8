/** The account menu: settings, appearance and sign-out. */
import { Menu } from '@mantine/core'
import { IconDevices, IconKeyboard, IconLogout, IconMoon, IconUserCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../shared/i18n.tsx'
import { useUser } from '../shared/session.ts'
import { useShell } from '../shared/shell.ts'
import { AccountButton } from './account-button.tsx'

const iconProps = { size: 16, stroke: 1.75 } as const

export default function AccountMenu() {
  const t = useT()
  const user = useUser()
  const { commands, run, open } = useShell()
  const runById = (id: string) => {
    const command = commands.find(each => each.id === id)
    if (command !== undefined) run(command)
  }
  return (
    <Menu defaultOpened position="bottom-end" width={220}>
      <Menu.Target>
        <AccountButton />
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
