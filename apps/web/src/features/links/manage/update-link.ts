/** Changes a link if it is still the version that the user saw. */
import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { linksApi } from '../api.ts'
import { refreshLists } from '../organize/organize.ts'
import { linkQuery } from './get-link.ts'

export type LinkChange = Omit<Input<typeof links, 'updateLink'>, 'id'>

export function useUpdateLink(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ change, version }: { change: LinkChange; version: number }) =>
      linksApi.updateLink({ id, ...change }, { ifMatch: version }),
    onSuccess: link => {
      queryClient.setQueryData(linkQuery(id).queryKey, link)
      void refreshLists(queryClient)
    },
  })
}
