/** The user's links, page by page. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { linksApi } from '../../shared/api.ts'

export type LinkSort = '-createdAt' | 'createdAt'

export interface LinkFilter {
  readonly q?: string | undefined
  readonly tag?: string | undefined
  readonly sort?: LinkSort | undefined
}

/** The largest page the API gives; summaries such as tags and totals are made from the first one. */
const pageSize = 100

/** Every list of links lies under this key. */
export const linksKey = ['links', 'list'] as const

export const linksQuery = (filter: LinkFilter = {}) =>
  infiniteQueryOptions({
    queryKey: [...linksKey, filter.q ?? '', filter.tag ?? '', filter.sort ?? '-createdAt'],
    queryFn: ({ pageParam, signal }) => {
      const { q, tag, sort } = filter
      return linksApi.listLinks({ limit: pageSize, cursor: pageParam, q: q || undefined, tag, sort }, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
