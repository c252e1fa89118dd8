/** The audit log of the account, and whether it is complete. */
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'

export type AuditEntry = Output<typeof identity, 'listAudit'>['data'][number]

export const auditQuery = pagedQuery(['identity', 'audit', 'list'], (page, options) =>
  identityApi.listAudit(page, options),
)

export const verificationQuery = queryOptions({
  queryKey: ['identity', 'audit', 'verification'],
  queryFn: ({ signal }) => identityApi.verifyAudit({}, { signal }),
  staleTime: 60_000,
})
