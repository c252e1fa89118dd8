/** Searches for users and returns the selected one. */

import { TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../dialogs.module.css'
import { limits } from '../limits.ts'
import { personName } from '../rooms/room-name.ts'
import type { Person } from '../streams/room-log.ts'
import { peopleQuery } from './find-people.ts'

const typingMs = 250

export interface PeopleFieldProps {
  readonly label: string
  readonly except: readonly string[]
  readonly onPick: (person: Person) => void
}

export function PeopleField({ label, except, onPick }: PeopleFieldProps) {
  const t = useT()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim().replace(/^@/, ''), typingMs)
  const query = useQuery(peopleQuery(q))
  const found = q.length < 2 ? [] : (query.data?.data ?? []).filter(({ id }) => !except.includes(id))
  return (
    <div className={classes.people}>
      <TextInput
        data-autofocus
        type="search"
        label={label}
        description={t('chat.people-hint')}
        leftSection={<IconSearch size={16} stroke={1.75} />}
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <FailureNotice error={query.error} />
      <ul aria-label={t('chat.people')}>
        {found.map(person => (
          <li key={person.id}>
            <UnstyledButton
              className={classes.person}
              onClick={() => {
                setTyped('')
                onPick(person)
              }}
            >
              <Avatar id={person.id} name={personName(person, t)} src={person.avatarUrl} size={28} />
              <bdi className="truncate">{personName(person, t)}</bdi>
              <span className="dimmed truncate">@{person.username}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {q.length >= limits.peopleSearch.min && query.isSuccess && found.length === 0 ? (
        <p className="dimmed">{t('chat.people-none')}</p>
      ) : null}
    </div>
  )
}
