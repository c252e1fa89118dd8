import { createCache } from '@octet/cache'
import { type Authenticate, anonymous, type ClientOf, type identity, type Principal } from '@octet/contracts'

/** With this a revocation still bites within a second: the process that is asked knows of it at once. */
const believedMs = 800
const credentialsMax = 10_000

/**
 * Who stands behind a credential, for a process that does not serve identity: asks the one that does, at most once per
 * credential and {@link believedMs}. Without an answer nobody gets in.
 */
export function authenticateRemotely(client: () => ClientOf<typeof identity>): Authenticate {
  const principals = createCache<Principal>({
    entriesMax: credentialsMax,
    ttlMs: believedMs,
    load: key => {
      const kind = key.startsWith('bearer ') ? 'bearer' : 'cookie'
      return client().authenticate({ kind, value: key.slice(kind.length + 1) })
    },
  })
  return credential => {
    if (credential.kind === 'none') return anonymous
    const key = credential.kind === 'bearer' ? `bearer ${credential.token}` : `cookie ${credential.value}`
    return principals.peek(key) ?? principals.get(key)
  }
}
