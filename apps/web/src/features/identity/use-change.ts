/** A change of the account: calls the API, then reloads every query that shows the change. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'

/** `shownIn`: key prefixes of the queries to reload. */
export function useChange<I, O>(change: (input: I) => Promise<O>, shownIn: readonly QueryKey[]) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(shownIn.map(queryKey => queryClient.invalidateQueries({ queryKey }))),
  })
}
