/** The menu of an account on the users page. */
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { useEnableUser, useEndUserSessions, useVerifyUserAudit } from './manage-users.ts'
import type { ManagedUser } from './managed-user.ts'

export type UserDialog = 'disable' | 'erase'

export interface UserActionsProps {
  readonly user: ManagedUser
  readonly onOpen: (dialog: UserDialog) => void
}

export function UserActions({ user, onOpen }: UserActionsProps) {
  const t = useT()
  const me = useUser()
  const enable = useEnableUser()
  const endSessions = useEndUserSessions()
  const verify = useVerifyUserAudit()
  const name = user.username
  const done = (message: string) => showToast({ kind: 'done', message })
  const onError = (error: unknown) => showToast({ kind: 'failed', message: problemLine(error, t) })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('users.actions', { name })}>
          <IconDots size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to={`/people/${name}`}>
          {t('users.profile')}
        </Menu.Item>
        <Menu.Item
          onClick={() =>
            verify.mutate(user.id, {
              onSuccess: ({ intact, entries, brokenAt }) =>
                intact
                  ? done(t('users.verified', { name, n: entries }))
                  : showToast({ kind: 'failed', message: t('users.verify-broken', { name, n: brokenAt ?? 0 }) }),
              onError,
            })
          }
        >
          {t('users.verify')}
        </Menu.Item>
        <Menu.Item
          onClick={() =>
            endSessions.mutate(user.id, { onSuccess: () => done(t('users.sessions-ended', { name })), onError })
          }
        >
          {t('users.end-sessions')}
        </Menu.Item>
        {user.id === me.id ? null : user.disabledAt === null ? (
          <Menu.Item color="red" onClick={() => onOpen('disable')}>
            {t('users.disable')}
          </Menu.Item>
        ) : (
          <Menu.Item
            onClick={() =>
              enable.mutate(user.id, { onSuccess: () => done(t('users.enabled-done', { name })), onError })
            }
          >
            {t('users.enable')}
          </Menu.Item>
        )}
        {user.id === me.id ? null : (
          <Menu.Item color="red" onClick={() => onOpen('erase')}>
            {t('users.erase')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
