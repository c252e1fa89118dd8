/** Other users: search, profile, report. */

import { newIdempotencyKey } from '@octet/client'
import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'
import { useChange } from '../use-change.ts'

export type ReportInput = Input<typeof identity, 'reportUser'>

export const searchQuery = (q: string) =>
  pagedQuery(['identity', 'people', 'search', q], (page, options) => identityApi.searchUsers({ ...page, q }, options))

export const profileQuery = (username: string) =>
  queryOptions({
    queryKey: ['identity', 'people', 'profile', username.toLowerCase()],
    queryFn: ({ signal }) => identityApi.getProfile({ username }, { signal }),
  })

export const useReportUser = () =>
  useChange((input: ReportInput) => identityApi.reportUser(input, { idempotencyKey: newIdempotencyKey() }), [])
