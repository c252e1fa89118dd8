/** My links: create, find, copy, archive. The filter is part of the address, so that back and reload keep it. */
import { Button } from '@mantine/core'
import { links } from '@octet/contracts/links'
import { IconLink } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useHiddenIds } from '../../../shared/deferred.ts'
import { useT } from '../../../shared/i18n.tsx'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { CreateBox } from '../create/create-box.tsx'
import { LinkRows } from './link-rows.tsx'
import classes from './links.module.css'
import { type FilterProps, LinksToolbar } from './links-toolbar.tsx'
import { linksQuery, listInput } from './list-links.ts'
import { examplesId, useRemoveExamples } from './remove-examples.ts'

function Nothing({ filter, onFilter }: FilterProps) {
  const t = useT()
  const icon = <IconLink size={32} stroke={1.5} />
  const { sort, archived, ...narrowing } = filter
  const isNarrowed = Object.values(narrowing).some(value => value !== undefined)
  if (!isNarrowed && archived) {
    return <StateBox icon={icon} title={t('links.archive-empty')} text={t('links.archive-empty-hint')} />
  }
  if (!isNarrowed) return <StateBox icon={icon} title={t('links.empty')} text={t('links.empty-hint')} />
  return (
    <StateBox
      icon={icon}
      title={t('links.no-match')}
      text={t('links.no-match-hint')}
      actions={
        <Button variant="default" onClick={() => onFilter({ sort })}>
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

function Results(props: FilterProps) {
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
      {rows.length === 0 ? <Nothing {...props} /> : <LinkRows rows={rows} isArchive={props.filter.archived ?? false} />}
      {query.hasNextPage ? (
        <div className={classes.more}>
          <p className={classes.count}>{t('links.shown', { n: rows.length })}</p>
          <MoreButton query={query} />
        </div>
      ) : null}
    </div>
  )
}

const route = getRouteApi('/links')

export function LinksPage() {
  const t = useT()
  const navigate = route.useNavigate()
  const props: FilterProps = {
    filter: route.useSearch(),
    onFilter: search => navigate({ search, replace: true }),
  }
  const { listLinks, createLink, updateLinks } = links.operations
  const api = [
    { operation: listLinks, input: listInput(props.filter) },
    { operation: createLink, input: { url: 'https://example.org/a/long/address' } },
    { operation: updateLinks, input: { links: [{ id: '…', isArchived: true }] } },
  ]
  return (
    <Page title={t('links.mine')} api={api}>
      <div className={classes.box}>
        <CreateBox />
      </div>
      <LinksToolbar {...props} />
      <Results {...props} />
    </Page>
  )
}
