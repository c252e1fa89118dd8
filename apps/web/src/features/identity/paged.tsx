/** A list that loads page by page, in all its states; used by every list of the account. */
import { Button } from '@mantine/core'
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryKey,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useHiddenIds } from '../../shared/deferred.ts'
import { useT } from '../../shared/i18n.tsx'
import { MoreButton } from '../../shared/ui/more-button.tsx'
import { FailedState, FailureNotice, SkeletonRows } from '../../shared/ui/states.tsx'
import classes from './account.module.css'

interface PageOf<T> {
  readonly data: readonly T[]
  readonly meta: { readonly nextCursor: string | null }
}

interface Asked {
  readonly limit: number
  readonly cursor: string | undefined
}

const pageSize = 50

/** Reads a list of the API page by page. */
export function pagedQuery<T>(
  queryKey: QueryKey,
  read: (page: Asked, options: { signal: AbortSignal }) => Promise<PageOf<T>>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read({ limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: PageOf<T>) => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export interface PagedListProps<T> {
  readonly query: UseInfiniteQueryResult<InfiniteData<PageOf<T>>>
  readonly idOf: (item: T) => string
  /** The content of an `<li>`. */
  readonly row: (item: T) => ReactNode
  /** Shown instead of an empty list. */
  readonly empty: ReactNode
  readonly label: string
}

export function PagedList<T>({ query, idOf, row, empty, label }: PagedListProps<T>) {
  const t = useT()
  const hidden = useHiddenIds()
  if (query.isPending) return <SkeletonRows count={4} heightPx={64} />
  const items = (query.data?.pages.flatMap(page => page.data) ?? []).filter(item => !hidden.has(idOf(item)))
  const retry = () => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())
  if (query.isError && items.length === 0) return <FailedState error={query.error} onRetry={retry} />
  const again = (
    <Button size="xs" variant="default" onClick={retry}>
      {t('action.retry')}
    </Button>
  )
  return (
    <div aria-busy={query.isPlaceholderData}>
      {query.isError ? <FailureNotice error={query.error} action={again} /> : null}
      {items.length === 0 ? (
        empty
      ) : (
        <ul className={classes.list} aria-label={label}>
          {items.map(item => (
            <li key={idOf(item)} className={classes.item}>
              {row(item)}
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage ? (
        <div className={classes.more}>
          <MoreButton query={query} />
        </div>
      ) : null}
    </div>
  )
}
