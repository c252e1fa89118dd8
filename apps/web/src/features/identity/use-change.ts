/** A change of the account: done by the API, and then everything it shows in is read again. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'

/** `shownIn`: keys of the queries that show it; whatever begins with one of them is read again. */
export function useChange<I, O>(change: (input: I) => Promise<O>, shownIn: readonly QueryKey[]) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(shownIn.map(queryKey => queryClient.invalidateQueries({ queryKey }))),
  })
}
