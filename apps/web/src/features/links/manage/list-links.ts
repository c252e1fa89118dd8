/** The user's links, page by page. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { linksApi } from '../api.ts'

export const linkSorts = ['-createdAt', 'createdAt', '-clicks'] as const
export type LinkSort = (typeof linkSorts)[number]

/** The filter as it is stored in the address of the page. */
export interface LinkFilter {
  readonly q?: string | undefined
  readonly tag?: string | undefined
  /** The id of a folder. */
  readonly folder?: string | undefined
  /** A host of the user. */
  readonly domain?: string | undefined
  readonly archived?: true | undefined
  readonly sort?: LinkSort | undefined
}

/** The largest page that the API returns; summaries such as tags and totals are computed from the first one. */
const pageSize = 100

/** The key prefix of every list of links. */
export const linksKey = ['links', 'list'] as const

/** The parameters of the API call. */
export function listInput({ q, tag, folder, domain, archived, sort }: LinkFilter) {
  return { limit: pageSize, q: q || undefined, tag, folderId: folder, domain, isArchived: archived, sort }
}

export const linksQuery = (filter: LinkFilter = {}) =>
  infiniteQueryOptions({
    queryKey: [...linksKey, listInput(filter)],
    queryFn: ({ pageParam, signal }) => linksApi.listLinks({ ...listInput(filter), cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
