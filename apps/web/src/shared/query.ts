/** The cache of server answers, and the handling of failed calls. */

import { ConnectionError } from '@octet/client'
import { Problem } from '@octet/contracts'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** Codes that mean an invalid cookie, as opposed to a wrong password. */
const signedOutCodes: ReadonlySet<string> = new Set(['unauthenticated', 'identity.session-ended'])

const retriesMax = 2

/** Only temporary failures of reads are retried; mutations decide for themselves. */
function shouldRetry(failureCount: number, error: unknown): boolean {
  if (failureCount >= retriesMax) return false
  return error instanceof ConnectionError || (error instanceof Problem && error.retryable)
}

/** Creates the cache; `onSignedOut` is called when a signed-in call finds that the session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof Problem && signedOutCodes.has(error.code)) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // `always`: an offline browser shows an error at once instead of a request that never ends.
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
