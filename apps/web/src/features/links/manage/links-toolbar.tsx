/** The search in the user's links: words, folder, host and order. It also shows the active filters, to be removed. */

import { Button, NativeSelect, type NativeSelectProps, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type MessageKey, useT } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { domainsQuery } from '../domains/domains.ts'
import { limits } from '../limits.ts'
import { foldersQuery } from '../organize/organize.ts'
import classes from './links.module.css'
import { type LinkFilter, type LinkSort, linkSorts } from './list-links.ts'

export interface FilterProps {
  readonly filter: LinkFilter
  readonly onFilter: (filter: LinkFilter) => Promise<unknown>
}

const typingMs = 250

const sortLabels: Readonly<Record<LinkSort, MessageKey>> = {
  '-createdAt': 'links.sort-newest',
  createdAt: 'links.sort-oldest',
  '-clicks': 'links.sort-clicks',
}

function SearchField({ filter, onFilter }: FilterProps) {
  const t = useT()
  const [typed, setTyped] = useState(filter.q ?? '')
  const search = useDebouncedCallback((q: string) => void onFilter({ ...filter, q: q.trim() || undefined }), typingMs)
  // Back, or a click on a tag, changes the filter from outside.
  useEffect(() => setTyped(filter.q ?? ''), [filter.q])
  return (
    <TextInput
      type="search"
      className={classes.search}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      aria-label={t('links.search')}
      placeholder={t('links.search')}
      maxLength={limits.search.max}
      value={typed}
      onChange={event => {
        setTyped(event.currentTarget.value)
        search(event.currentTarget.value)
      }}
    />
  )
}

function Chip({ label, clear, onClear }: { label: string; clear: string; onClear: () => void }) {
  return (
    <Button variant="light" rightSection={<IconX size={14} />} aria-label={clear} onClick={onClear}>
      {label}
    </Button>
  )
}

function Chips({ filter, onFilter }: FilterProps) {
  const t = useT()
  const { tag, archived } = filter
  return (
    <>
      {archived ? (
        <Chip
          label={t('links.archived')}
          clear={t('links.archived-clear')}
          onClear={() => void onFilter({ ...filter, archived: undefined })}
        />
      ) : null}
      {tag === undefined ? null : (
        <Chip
          label={`#${tag}`}
          clear={t('links.tag-clear', { tag })}
          onClear={() => void onFilter({ ...filter, tag: undefined })}
        />
      )}
    </>
  )
}

interface FilterSelectProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => Promise<unknown>
  readonly data: NonNullable<NativeSelectProps['data']>
}

/** Shows the choice at once; the list follows when it has loaded. */
function FilterSelect({ label, value, onChange, data }: FilterSelectProps) {
  const [shown, choose] = useSavedChoice(value, onChange)
  return (
    <NativeSelect aria-label={label} value={shown} onChange={event => choose(event.currentTarget.value)} data={data} />
  )
}

export function LinksToolbar({ filter, onFilter }: FilterProps) {
  const t = useT()
  const folders = useQuery(foldersQuery).data ?? []
  const domains = useQuery(domainsQuery).data ?? []
  return (
    <search className={classes.toolbar}>
      <SearchField filter={filter} onFilter={onFilter} />
      <Chips filter={filter} onFilter={onFilter} />
      {folders.length === 0 ? null : (
        <FilterSelect
          label={t('links.folder')}
          value={filter.folder ?? ''}
          onChange={folder => onFilter({ ...filter, folder: folder || undefined })}
          data={[
            { value: '', label: t('links.all-folders') },
            ...folders.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {domains.length === 0 ? null : (
        <FilterSelect
          label={t('links.domain')}
          value={filter.domain ?? ''}
          onChange={domain => onFilter({ ...filter, domain: domain || undefined })}
          data={[{ value: '', label: t('links.all-domains') }, ...domains.map(({ host }) => host)]}
        />
      )}
      <FilterSelect
        label={t('links.sort')}
        value={filter.sort ?? '-createdAt'}
        onChange={value => {
          const sort = linkSorts.find(each => each === value)
          return onFilter({ ...filter, sort: sort === '-createdAt' ? undefined : sort })
        }}
        data={linkSorts.map(value => ({ value, label: t(sortLabels[value]) }))}
      />
    </search>
  )
}
