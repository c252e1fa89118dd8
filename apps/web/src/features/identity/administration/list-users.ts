/** All accounts, for those who may see them, page by page. */
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'

/** `q` is the start of a username; empty for everybody. */
export const usersQuery = (q: string) =>
  pagedQuery(['identity', 'users', q], (page, options) =>
    identityApi.listUsers({ ...page, q: q === '' ? undefined : q }, options),
  )
