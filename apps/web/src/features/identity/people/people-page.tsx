/** Search for users by the start of their username or name. */

import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { identity } from '@octet/contracts/identity'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { StateBox } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { PagedList } from '../paged.tsx'
import { searchQuery } from './people.ts'

const icon = <IconUsers size={32} stroke={1.5} />

function Found({ q }: { q: string }) {
  const t = useT()
  const query = useInfiniteQuery(searchQuery(q))
  return (
    <PagedList
      query={query}
      idOf={person => person.id}
      row={person => (
        <>
          <div className={classes.itemText}>
            <strong>{person.displayName}</strong> <span className={classes.meta}>@{person.username}</span>
          </div>
          <Button
            component={Link}
            to={`/people/${person.username}`}
            variant="default"
            aria-label={`${t('users.profile')}: ${person.username}`}
          >
            {t('users.profile')}
          </Button>
        </>
      )}
      empty={<StateBox icon={icon} title={t('people.none', { q })} text={t('people.none-hint')} />}
      label={t('people.title')}
    />
  )
}

const route = getRouteApi('/people')

export function PeoplePage() {
  const t = useT()
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState(q)
  const [settled] = useDebouncedValue(typed.trim(), 250)
  useEffect(() => {
    if (settled !== q) void navigate({ search: { q: settled === '' ? undefined : settled }, replace: true })
  }, [settled, q, navigate])
  const api = [{ operation: identity.operations.searchUsers, input: { q: q === '' ? 'ada' : q } }]
  return (
    <Page title={t('people.title')} api={api} isNarrow>
      <div className={classes.toolbar}>
        <TextInput
          type="search"
          className={classes.grow}
          leftSection={<IconSearch size={16} />}
          label={t('people.search')}
          maxLength={limits.search.max}
          autoFocus
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      </div>
      {q.length >= limits.search.min ? (
        <Found q={q} />
      ) : (
        <StateBox icon={icon} title={t('people.start')} text={t('people.start-hint')} />
      )}
    </Page>
  )
}
