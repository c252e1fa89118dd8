import { Badge, Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { identity } from '@octet/contracts'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../shared/i18n.tsx'
import { useSession } from '../../shared/session.ts'
import { Page } from '../../shared/ui/page.tsx'
import { FailedState, FailureNotice, ForbiddenState, SkeletonRows, StateBox } from '../../shared/ui/states.tsx'
import { When } from '../../shared/ui/when.tsx'
import classes from './account.module.css'
import { usersQuery } from './list-users.ts'
import type { ManagedUser, RoleName } from './managed-user.ts'

/** Everybody is a user; it is worth saying only where nothing else is. */
function shownRoles(roles: readonly RoleName[]): readonly RoleName[] {
  const special = roles.filter(role => role !== 'user')
  return special.length > 0 ? special : roles
}

function UserRow({ user, onEdit }: { user: ManagedUser; onEdit: (() => void) | undefined }) {
  const t = useT()
  return (
    <li className={classes.item}>
      <div className={classes.itemText}>
        <strong>{user.displayName}</strong> <span className={classes.meta}>@{user.username}</span>
        <div className={classes.meta}>
          {t('users.since')} <When time={user.createdAt} />
        </div>
      </div>
      <ul className={classes.roles} aria-label={t('users.roles')}>
        {shownRoles(user.roles).map(role => (
          <li key={role}>
            <Badge variant={role === 'admin' ? 'filled' : role === 'user' ? 'default' : 'light'}>
              {t(`role.${role}`)}
            </Badge>
          </li>
        ))}
      </ul>
      {onEdit === undefined ? null : (
        <Button variant="default" onClick={onEdit} aria-label={t('users.edit-roles-of', { name: user.username })}>
          {t('users.edit-roles')}
        </Button>
      )}
    </li>
  )
}

const RolesDialog = lazy(() => import('./roles-dialog.tsx'))

function UserList({ q }: { q: string }) {
  const t = useT()
  const { can } = useSession()
  const [edited, setEdited] = useState<ManagedUser | null>(null)
  const query = useInfiniteQuery(usersQuery(q))
  if (query.isPending) return <SkeletonRows count={5} heightPx={64} />
  const users = query.data?.pages.flatMap(page => page.data) ?? []
  if (query.isError && users.length === 0) {
    return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  }
  if (users.length === 0) return <StateBox icon={<IconUsers size={32} stroke={1.5} />} title={t('users.none', { q })} />
  return (
    <>
      {query.isError ? <FailureNotice error={query.error} /> : null}
      <ul className={classes.list}>
        {users.map(user => (
          <UserRow key={user.id} user={user} onEdit={can('users:manage') ? () => setEdited(user) : undefined} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className={classes.more}>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </div>
      ) : null}
      {edited === null ? null : (
        <Suspense>
          <RolesDialog user={edited} onClose={() => setEdited(null)} />
        </Suspense>
      )}
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
              maxLength={60}
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
