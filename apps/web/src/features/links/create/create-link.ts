/**
 * Shortens an address. Each content has its own idempotency key, so a retry after a lost answer creates no second link.
 */

import { newIdempotencyKey } from '@octet/client'
import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { linksApi } from '../api.ts'
import { linkQuery } from '../manage/get-link.ts'
import { refreshLists } from '../organize/organize.ts'

export type NewLink = Input<typeof links, 'createLink'>

export function useCreateLink() {
  const queryClient = useQueryClient()
  const tried = useRef<{ content: string; key: string }>(undefined)
  return useMutation({
    mutationFn: (input: NewLink) => {
      const content = JSON.stringify(input)
      if (tried.current?.content !== content) tried.current = { content, key: newIdempotencyKey() }
      return linksApi.createLink(input, { idempotencyKey: tried.current.key })
    },
    onSuccess: link => {
      tried.current = undefined
      queryClient.setQueryData(linkQuery(link.id).queryKey, link)
      void refreshLists(queryClient)
    },
  })
}
