/** Searches the messages of a room, newest first. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const searchQuery = (roomId: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ['chat', 'search', roomId, q],
    queryFn: ({ pageParam, signal }) => chatApi.searchMessages({ roomId, q, limit: 20, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: q !== '',
  })

/** The words to highlight in results, without the excluded ones. */
export function wordsOf(q: string): readonly string[] {
  const parts = q.match(/-?"[^"]+"|\S+/g) ?? []
  return parts
    .filter(part => !part.startsWith('-'))
    .map(part => part.replaceAll('"', ''))
    .filter(part => part.length > 1)
}
