import { Badge, Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { identity } from '@octet/contracts/identity'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useSession } from '../../../shared/session.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { ForbiddenState, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { PagedList } from '../paged.tsx'
import { usersQuery } from './list-users.ts'
import type { ManagedUser, RoleName } from './managed-user.ts'
import { UserActions, type UserDialog } from './user-actions.tsx'

/** Every account has the role `user`, so it is shown only when there is no other. */
function shownRoles(roles: readonly RoleName[]): readonly RoleName[] {
  const special = roles.filter(role => role !== 'user')
  return special.length > 0 ? special : roles
}

interface UserRowProps {
  readonly user: ManagedUser
  /** Absent for users who may only read. */
  readonly onEdit: ((dialog: 'roles' | UserDialog) => void) | undefined
}

function UserRow({ user, onEdit }: UserRowProps) {
  const t = useT()
  return (
    <>
      <div className={classes.itemText}>
        <strong>{user.displayName}</strong> <span className={classes.meta}>@{user.username}</span>
        <div className={classes.meta}>
          {t('users.since')} <When time={user.createdAt} />
          {user.disabledReason === null ? null : ` · ${user.disabledReason}`}
        </div>
      </div>
      <ul className={classes.roles} aria-label={t('users.roles')}>
        {user.disabledAt === null ? null : (
          <li>
            <Badge variant="default">{t('users.disabled')}</Badge>
          </li>
        )}
        {shownRoles(user.roles).map(role => (
          <li key={role}>
            <Badge variant={role === 'admin' ? 'filled' : role === 'user' ? 'default' : 'light'}>
              {t(`role.${role}`)}
            </Badge>
          </li>
        ))}
      </ul>
      {onEdit === undefined ? null : (
        <>
          <Button
            variant="default"
            onClick={() => onEdit('roles')}
            aria-label={t('users.edit-roles-of', { name: user.username })}
          >
            {t('users.edit-roles')}
          </Button>
          <UserActions user={user} onOpen={onEdit} />
        </>
      )}
    </>
  )
}

const RolesDialog = lazy(() => import('./roles-dialog.tsx'))
const DisableDialog = lazy(() => import('./disable-dialog.tsx'))
const EraseDialog = lazy(() => import('./erase-dialog.tsx'))

interface Edited {
  readonly user: ManagedUser
  readonly dialog: 'roles' | UserDialog
}

function UserList({ q }: { q: string }) {
  const t = useT()
  const { can } = useSession()
  const [edited, setEdited] = useState<Edited>()
  const query = useInfiniteQuery(usersQuery(q))
  const mayManage = can('users:manage')
  const close = () => setEdited(undefined)
  return (
    <>
      <PagedList
        query={query}
        idOf={user => user.id}
        row={user => <UserRow user={user} onEdit={mayManage ? dialog => setEdited({ user, dialog }) : undefined} />}
        empty={<StateBox icon={<IconUsers size={32} stroke={1.5} />} title={t('users.none', { q })} />}
        label={t('users.title')}
      />
      <Suspense>
        {edited?.dialog === 'roles' ? <RolesDialog user={edited.user} onClose={close} /> : null}
        {edited?.dialog === 'disable' ? <DisableDialog user={edited.user} onClose={close} /> : null}
        {edited?.dialog === 'erase' ? <EraseDialog user={edited.user} onClose={close} /> : null}
      </Suspense>
    </>
  )
}

export function UsersPage() {
  const t = useT()
  const { can } = useSession()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 250)
  const isAllowed = can('users:read')
  const api = [{ operation: identity.operations.listUsers, input: q === '' ? {} : { q } }]
  return (
    <Page title={t('users.title')} api={isAllowed ? api : undefined} isNarrow>
      {isAllowed ? (
        <>
          <div className={classes.toolbar}>
            <TextInput
              type="search"
              className={classes.grow}
              leftSection={<IconSearch size={16} />}
              aria-label={t('users.search')}
              placeholder={t('users.search')}
              maxLength={limits.userSearch.max}
              value={typed}
              onChange={event => setTyped(event.currentTarget.value)}
            />
          </div>
          <UserList q={q} />
        </>
      ) : (
        <ForbiddenState />
      )}
    </Page>
  )
}
