/** Stored mails, for the operator of this installation. */
import { queryOptions } from '@tanstack/react-query'
import { mailsApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'

/** `to`: a whole address, or empty for all. */
export const mailsQuery = (to: string) =>
  pagedQuery(['mails', 'list', to], (page, options) => mailsApi.listMails({ ...page, to: to || undefined }, options))

export const mailQuery = (id: string) =>
  queryOptions({ queryKey: ['mails', 'one', id], queryFn: ({ signal }) => mailsApi.getMail({ id }, { signal }) })
