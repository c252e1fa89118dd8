/** The queue of the moderators. */
import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'
import { useChange } from '../use-change.ts'

export type Report = Output<typeof identity, 'listReports'>['data'][number]
export type ReportState = 'open' | 'resolved'
export type Resolution = Input<typeof identity, 'resolveReport'>

const reportsKey = ['identity', 'reports']

export const reportsQuery = (state: ReportState) =>
  pagedQuery([...reportsKey, state], (page, options) => identityApi.listReports({ ...page, state }, options))

export const useResolveReport = () => useChange((input: Resolution) => identityApi.resolveReport(input), [reportsKey])
