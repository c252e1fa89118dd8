/** The cache of what the server said, and what happens when it says no. */

import { ConnectionError } from '@octet/client'
import { Problem } from '@octet/contracts'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** Codes that mean the cookie is no longer good, rather than that a password was wrong. */
const signedOutCodes: ReadonlySet<string> = new Set(['unauthenticated', 'identity.session-ended'])

const retriesMax = 2

/** Only what may pass by itself is asked again, and only reads: mutations decide for themselves. */
function shouldRetry(failureCount: number, error: unknown): boolean {
  if (failureCount >= retriesMax) return false
  return error instanceof ConnectionError || (error instanceof Problem && error.retryable)
}

/** Makes the cache; `onSignedOut` is called when a signed-in call finds that the session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof Problem && signedOutCodes.has(error.code)) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // `always`: offline shows as an error at once instead of a request that waits without end.
      queries: {
        networkMode: 'always',
        staleTime: 10_000,
        retry: shouldRetry,
        retryDelay: attempt => 500 * 2 ** attempt,
        refetchOnReconnect: true,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
