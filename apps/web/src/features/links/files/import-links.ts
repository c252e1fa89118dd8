/**
 * Creates links from a CSV file. Each file has its own idempotency key, so a retry after a lost answer creates no link
 * twice.
 */

import { newIdempotencyKey } from '@octet/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { linksApi } from '../api.ts'
import { refreshLists } from '../organize/organize.ts'

export function useImportLinks() {
  const queryClient = useQueryClient()
  const tried = useRef<{ csv: string; key: string }>(undefined)
  return useMutation({
    mutationFn: (csv: string) => {
      if (tried.current?.csv !== csv) tried.current = { csv, key: newIdempotencyKey() }
      return linksApi.importLinks({ csv }, { idempotencyKey: tried.current.key })
    },
    onSuccess: () => {
      tried.current = undefined
      void refreshLists(queryClient)
    },
  })
}
