/** The signed-in account, or `null`. */
import { Problem } from '@octet/contracts'
import type { Me } from '@octet/contracts/identity'
import { queryOptions } from '@tanstack/react-query'
import { isSignedInLikely, rememberSignedIn } from '../../shared/session.ts'
import { identityApi } from './api.ts'
import { isBack } from './away.ts'

async function getMe(signal: AbortSignal): Promise<Me | null> {
  if (!isSignedInLikely() && !isBack()) return null
  try {
    const me = await identityApi.getMe({}, { signal })
    rememberSignedIn(true)
    return me
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    rememberSignedIn(false)
    return null
  }
}

export const meQuery = queryOptions({
  queryKey: ['identity', 'me'],
  queryFn: ({ signal }) => getMe(signal),
  staleTime: 60_000,
})
