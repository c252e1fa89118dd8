/** The API as pages call it: signed in by cookie, and with a dialog where an operation needs a fresh sign-in. */
import { type ApiClient, createClient as createApiClient } from '@octet/client'
import type { Contract } from '@octet/contracts'
import { confirmPresence } from './step-up.ts'

/** One function per operation. Queries repeat failed calls themselves, so the client does not. */
export function createClient<C extends Contract>(contract: C, origin = ''): ApiClient<C> {
  return createApiClient(contract, {
    origin,
    attemptsMax: 1,
    credentials: 'same-origin',
    cache: 'no-store',
    recover: problem => problem.code === 'fresh-sign-in-required' && confirmPresence(),
  })
}
