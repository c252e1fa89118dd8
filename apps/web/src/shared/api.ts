/** The API client of the pages: it signs in by cookie, and opens a dialog when an operation needs a fresh sign-in. */
import { type ApiClient, createClient as createApiClient } from '@octet/client'
import type { Contract } from '@octet/contracts'
import { confirmPresence } from './step-up.ts'

/** One function per operation. Queries retry failed calls themselves, so the client does not. */
export function createClient<C extends Contract>(contract: C, origin = ''): ApiClient<C> {
  return createApiClient(contract, {
    origin,
    attemptsMax: 1,
    credentials: 'same-origin',
    cache: 'no-store',
    recover: problem => problem.code === 'fresh-sign-in-required' && confirmPresence(),
  })
}
