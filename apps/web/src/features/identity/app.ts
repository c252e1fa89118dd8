/** Account, devices and administration in the shell. */
import {
  IconDatabaseExport,
  IconDevices,
  IconFlag,
  IconHistory,
  IconKey,
  IconLogout,
  IconMail,
  IconShieldLock,
  IconToggleRight,
  IconUserCircle,
  IconUserOff,
  IconUserSearch,
  IconUsers,
} from '@tabler/icons-react'
import { type ChecklistItem, defineSystem, type NavSection } from '../../shared/app-entry.ts'
import { useT } from '../../shared/i18n.tsx'
import { type Session, useSession } from '../../shared/session.ts'
import { en } from './messages/en.ts'
import { routes } from './routes.tsx'
import { SetupNotice } from './sign-in/setup-notice.tsx'

function useNav(): readonly NavSection[] {
  const t = useT()
  const { can } = useSession()
  const own = {
    items: [
      { label: t('account.title'), to: '/account', icon: IconUserCircle },
      { label: t('security.title'), to: '/account/security', icon: IconShieldLock },
      { label: t('devices.title'), to: '/account/devices', icon: IconDevices },
      { label: t('keys.title'), to: '/account/keys', icon: IconKey },
      { label: t('audit.title'), to: '/account/activity', icon: IconHistory },
      { label: t('blocked.title'), to: '/account/blocked', icon: IconUserOff },
      { label: t('data.title'), to: '/account/data', icon: IconDatabaseExport },
    ],
  }
  const people = {
    label: t('people.section'),
    items: [{ label: t('people.title'), to: '/people', icon: IconUserSearch }],
  }
  const administration = [
    ...(can('users:read') ? [{ label: t('users.title'), to: '/admin/users', icon: IconUsers }] : []),
    ...(can('reports:handle') ? [{ label: t('reports.title'), to: '/admin/reports', icon: IconFlag }] : []),
    ...(can('operations:read') ? [{ label: t('mails.title'), to: '/admin/mails', icon: IconMail }] : []),
    ...(can('operations:write') ? [{ label: t('flags.title'), to: '/admin/flags', icon: IconToggleRight }] : []),
  ]
  if (administration.length === 0) return [own, people]
  return [own, people, { label: t('users.section'), items: administration }]
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

const isUser = (session: Session) => session.user !== null

export const identity = defineSystem({
  id: 'account',
  label: 'account.app',
  icon: IconUserCircle,
  accent: 'slate',
  path: '/account',
  otherPaths: ['/admin', '/people', '/confirm-email'],
  place: 'foot',
  rank: 90,
  routes,
  messages: { en, enPages: () => import('./messages/en-pages.ts'), de: () => import('./messages/de.ts') },
  FrontNotice: SetupNotice,
  useNav,
  useChecklist,
  commands: [
    {
      id: 'account',
      label: 'command.account',
      icon: IconUserCircle,
      keys: ['g', 'a'],
      isShown: isUser,
      run: context => context.goTo('/account'),
    },
    {
      id: 'devices',
      label: 'command.devices',
      icon: IconDevices,
      isShown: isUser,
      run: context => context.goTo('/account/devices'),
    },
    {
      id: 'security',
      label: 'command.security',
      icon: IconShieldLock,
      isShown: isUser,
      run: context => context.goTo('/account/security'),
    },
    {
      id: 'keys',
      label: 'command.keys',
      icon: IconKey,
      isShown: isUser,
      run: context => context.goTo('/account/keys'),
    },
    {
      id: 'new-key',
      label: 'command.new-key',
      icon: IconKey,
      isShown: isUser,
      run: context => context.goTo('/account/keys/new'),
    },
    {
      id: 'activity',
      label: 'command.activity',
      icon: IconHistory,
      isShown: isUser,
      run: context => context.goTo('/account/activity'),
    },
    {
      id: 'data',
      label: 'command.data',
      icon: IconDatabaseExport,
      isShown: isUser,
      run: context => context.goTo('/account/data'),
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
      id: 'people',
      label: 'command.people',
      icon: IconUserSearch,
      keys: ['g', 'p'],
      isShown: isUser,
      run: context => context.goTo('/people'),
    },
    {
      id: 'reports',
      label: 'command.reports',
      icon: IconFlag,
      isShown: session => session.can('reports:handle'),
      run: context => context.goTo('/admin/reports'),
    },
    {
      id: 'mails',
      label: 'command.mails',
      icon: IconMail,
      isShown: session => session.can('operations:read'),
      run: context => context.goTo('/admin/mails'),
    },
    {
      id: 'flags',
      label: 'command.flags',
      icon: IconToggleRight,
      isShown: session => session.can('operations:write'),
      run: context => context.goTo('/admin/flags'),
    },
    {
      id: 'sign-out',
      label: 'command.sign-out',
      icon: IconLogout,
      isShown: isUser,
      run: context => context.signOut(),
    },
  ],
})
