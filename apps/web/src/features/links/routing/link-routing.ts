/** The routing of a link: reads it, and replaces it if it is still the version that the user saw. */
import type { Routing } from '@octet/contracts/links'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { linksApi } from '../api.ts'
import { linkQuery } from '../manage/get-link.ts'
import { linksKey } from '../manage/list-links.ts'

export const routingQuery = (id: string) =>
  queryOptions({
    queryKey: ['links', 'routing', id],
    queryFn: ({ signal }) => linksApi.getLinkRouting({ id }, { signal }),
  })

export function useSetRouting(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ routing, version }: { routing: Routing; version: number }) =>
      linksApi.setLinkRouting({ id, ...routing }, { ifMatch: version }),
    onSuccess: routing => {
      queryClient.setQueryData(routingQuery(id).queryKey, routing)
      void queryClient.invalidateQueries({ queryKey: linkQuery(id).queryKey })
      void queryClient.invalidateQueries({ queryKey: linksKey })
    },
  })
}
