/** All accounts, page by page, for users with the permission. */
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'

/** `q` is the start of a username; empty for all accounts. */
export const usersQuery = (q: string) =>
  pagedQuery(['identity', 'users', q], (page, options) =>
    identityApi.listUsers({ ...page, q: q === '' ? undefined : q }, options),
  )
