/** Account, devices and administration in the shell. */
import { IconDevices, IconLogout, IconUserCircle, IconUsers } from '@tabler/icons-react'
import type { AppEntry, ChecklistItem, NavSection } from '../../shared/app-entry.ts'
import { useT } from '../../shared/i18n.tsx'
import { useSession } from '../../shared/session.ts'

function useNav(): readonly NavSection[] {
  const t = useT()
  const { can } = useSession()
  const own = {
    items: [
      { label: t('account.title'), to: '/account', icon: IconUserCircle },
      { label: t('devices.title'), to: '/account/devices', icon: IconDevices },
    ],
  }
  if (!can('users:read')) return [own]
  return [own, { label: t('users.section'), items: [{ label: t('users.title'), to: '/admin/users', icon: IconUsers }] }]
}

function useChecklist(): readonly ChecklistItem[] | undefined {
  const t = useT()
  const { user } = useSession()
  if (user === null) return undefined
  return [
    {
      id: 'name',
      label: t('checklist.name'),
      hint: t('checklist.name-hint'),
      to: '/account',
      isDone: user.displayName !== user.username,
    },
  ]
}

export const identityApp: AppEntry = {
  id: 'account',
  label: 'account.app',
  icon: IconUserCircle,
  accent: 'slate',
  path: '/account',
  place: 'foot',
  useNav,
  useChecklist,
  commands: [
    {
      id: 'account',
      label: 'command.account',
      icon: IconUserCircle,
      keys: ['g', 'a'],
      isShown: session => session.user !== null,
      run: context => context.goTo('/account'),
    },
    {
      id: 'devices',
      label: 'command.devices',
      icon: IconDevices,
      isShown: session => session.user !== null,
      run: context => context.goTo('/account/devices'),
    },
    {
      id: 'users',
      label: 'command.users',
      icon: IconUsers,
      keys: ['g', 'u'],
      isShown: session => session.can('users:read'),
      run: context => context.goTo('/admin/users'),
    },
    {
      id: 'sign-out',
      label: 'command.sign-out',
      icon: IconLogout,
      isShown: session => session.user !== null,
      run: context => context.signOut(),
    },
  ],
}
