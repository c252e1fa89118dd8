/** Runs after every kind of sign-in: loads the account and discards the data of an earlier one. */
import type { Me } from '@octet/contracts/identity'
import { hashKey, type QueryClient } from '@tanstack/react-query'
import { forgetDrafts } from '../../shared/drafts.ts'
import { rememberSignedIn } from '../../shared/session.ts'
import { forgetSecrets } from '../../shared/storage.ts'
import { meQuery } from './get-me.ts'

export function enter(queryClient: QueryClient, me: Me): void {
  queryClient.clear()
  rememberSignedIn(true)
  queryClient.setQueryData(meQuery.queryKey, me)
}

/** Runs after sign-out: discards the account and all data that it could see. */
export function leave(queryClient: QueryClient): void {
  rememberSignedIn(false)
  forgetDrafts()
  forgetSecrets().catch(() => undefined)
  queryClient.setQueryData(meQuery.queryKey, null)
  queryClient.removeQueries({ predicate: query => query.queryHash !== hashKey(meQuery.queryKey) })
}
