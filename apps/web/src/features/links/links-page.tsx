/** My links: create, find, copy, delete. The filter lives in the address, so that back and reload keep it. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { type ListedLink, links } from '@octet/contracts'
import { IconLink, IconSearch, IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useHiddenIds } from '../../shared/deferred.ts'
import { useT } from '../../shared/i18n.tsx'
import { Page } from '../../shared/ui/page.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows, StateBox } from '../../shared/ui/states.tsx'
import { CreateBox } from './create-box.tsx'
import { useDeleteLink } from './delete-link.ts'
import { LinkRow } from './link-row.tsx'
import classes from './links.module.css'
import { type LinkFilter, type LinkSort, linksQuery } from './list-links.ts'
import { examplesId, useRemoveExamples } from './remove-examples.ts'

export interface LinksPageProps {
  readonly filter: LinkFilter
  readonly onFilter: (filter: LinkFilter) => void
}

const typingMs = 250

function Toolbar({ filter, onFilter }: LinksPageProps) {
  const t = useT()
  const [typed, setTyped] = useState(filter.q ?? '')
  const search = useDebouncedCallback((q: string) => onFilter({ ...filter, q: q.trim() || undefined }), typingMs)
  // Back, or a click on a tag, changes the filter from outside.
  useEffect(() => setTyped(filter.q ?? ''), [filter.q])
  return (
    <search className={classes.toolbar}>
      <TextInput
        type="search"
        className={classes.search}
        leftSection={<IconSearch size={16} stroke={1.75} />}
        aria-label={t('links.search')}
        placeholder={t('links.search')}
        maxLength={100}
        value={typed}
        onChange={event => {
          setTyped(event.currentTarget.value)
          search(event.currentTarget.value)
        }}
      />
      {filter.tag === undefined ? null : (
        <Button
          variant="light"
          rightSection={<IconX size={14} />}
          aria-label={t('links.tag-clear', { tag: filter.tag })}
          onClick={() => onFilter({ ...filter, tag: undefined })}
        >
          #{filter.tag}
        </Button>
      )}
      <NativeSelect
        aria-label={t('links.sort')}
        value={filter.sort ?? '-createdAt'}
        onChange={event => {
          const sort = event.currentTarget.value as LinkSort
          onFilter({ ...filter, sort: sort === '-createdAt' ? undefined : sort })
        }}
        data={[
          { value: '-createdAt', label: t('links.sort-newest') },
          { value: 'createdAt', label: t('links.sort-oldest') },
        ]}
      />
    </search>
  )
}

/** Arrow keys go from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const rowLinks = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')]
  const at = rowLinks.indexOf(event.target as HTMLElement)
  if (step === undefined || at < 0) return
  event.preventDefault()
  rowLinks[at + step]?.focus()
}

function Rows({ rows }: { rows: readonly ListedLink[] }) {
  const t = useT()
  const deleteLink = useDeleteLink()
  function remove(link: ListedLink, index: number): void {
    deleteLink(link)
    // The row goes away with the focus in it; its neighbour takes over once the menu has closed.
    const neighbour = rows[index + 1] ?? rows[index - 1]
    setTimeout(() => {
      const path = `a[data-row-link][href="/links/${neighbour?.id}"], h1`
      const found = [...document.querySelectorAll<HTMLElement>(path)]
      found.at(-1)?.focus()
    }, 120)
  }
  return (
    <ul className={classes.list} aria-label={t('links.mine')} onKeyDown={moveBetweenRows}>
      {rows.map((link, index) => (
        <LinkRow key={link.id} link={link} onDelete={() => remove(link, index)} />
      ))}
    </ul>
  )
}

function Nothing({ filter, onFilter }: LinksPageProps) {
  const t = useT()
  const icon = <IconLink size={32} stroke={1.5} />
  if (filter.q === undefined && filter.tag === undefined) {
    return <StateBox icon={icon} title={t('links.empty')} text={t('links.empty-hint')} />
  }
  return (
    <StateBox
      icon={icon}
      title={t('links.no-match')}
      text={t('links.no-match-hint')}
      actions={
        <Button variant="default" onClick={() => onFilter({ sort: filter.sort })}>
          {t('links.filter-clear')}
        </Button>
      }
    />
  )
}

function Examples() {
  const t = useT()
  const removeExamples = useRemoveExamples()
  const action = (
    <Button variant="default" size="xs" onClick={removeExamples}>
      {t('links.examples-remove')}
    </Button>
  )
  return (
    <Notice kind="info" action={action}>
      {t('links.examples-notice')}
    </Notice>
  )
}

function Results(props: LinksPageProps) {
  const t = useT()
  const hidden = useHiddenIds()
  const query = useInfiniteQuery(linksQuery(props.filter))
  const all = query.data?.pages.flatMap(page => page.data) ?? []
  const rows = all.filter(link => !hidden.has(link.id) && !(link.isExample && hidden.has(examplesId)))
  const retry = () => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())
  if (query.isPending) return <SkeletonRows count={6} heightPx={64} />
  if (query.isError && all.length === 0) return <FailedState error={query.error} onRetry={retry} />
  return (
    <div aria-busy={query.isPlaceholderData}>
      <div className={classes.notices}>
        {rows.some(link => link.isExample) ? <Examples /> : null}
        {query.isError ? (
          <FailureNotice
            error={query.error}
            action={
              <Button size="xs" variant="default" onClick={retry}>
                {t('action.retry')}
              </Button>
            }
          />
        ) : null}
      </div>
      {rows.length === 0 ? <Nothing {...props} /> : <Rows rows={rows} />}
      {query.hasNextPage ? (
        <div className={classes.more}>
          <p className={classes.count}>{t('links.shown', { n: rows.length })}</p>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

export function LinksPage(props: LinksPageProps) {
  const t = useT()
  const { listLinks, createLink } = links.operations
  const api = [
    { operation: listLinks, input: props.filter },
    { operation: createLink, input: { url: 'https://example.org/a/long/address' } },
  ]
  return (
    <Page title={t('links.mine')} api={api}>
      <div className={classes.box}>
        <CreateBox />
      </div>
      <Toolbar {...props} />
      <Results {...props} />
    </Page>
  )
}
