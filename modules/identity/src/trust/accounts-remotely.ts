import { createCache } from '@octet/cache'
import { type Authenticate, anonymous, type Credential, type Principal } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { AccountsElsewhere, RemoteAccounts } from '@octet/kernel'
import { isApiKeyLike } from '../keys/api-key.ts'
import { createRevocations } from '../sessions/revocations.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'

/** With this a revocation still bites within a second: the process that is asked knows of it at once. */
const believedMs = 800
const credentialsMax = 10_000
/** Nothing in a cookie or an API key says when it ends by itself; connections are asked about again this often. */
const checkAgainMs = 5 * 60_000

/**
 * Accounts for a process that does not serve identity. Who stands behind a credential it asks the process that does,
 * at most once per credential and {@link believedMs}, and again after news of the account; without an answer nobody
 * gets in. What ended it asks for as often as identity itself reads it, so that open connections end within a second.
 */
export function accountsRemotely({ client, now, log }: RemoteAccounts<typeof identity>): AccountsElsewhere {
  const revocations = createRevocations({
    read: since => client().listRevocations(since === undefined ? {} : { since }),
    now,
    log,
    keepMs: revocationKeepMs,
  })
  let generation = 0
  // First of all listeners: whoever is told next and asks gets an answer from after the news.
  revocations.onRevoked(() => void generation++)
  revocations.start()
  return {
    authenticate: askEach(client, () => generation),
    sessionWatch: {
      expiresAtMs: credential => expiryOf(credential, { nowMs: now(), dbNowMs: revocations.nowMs() }),
      onRevoked: revocations.onRevoked,
      silentMs: revocations.silentMs,
      close: () => revocations.stop(),
    },
  }
}

function askEach(client: RemoteAccounts<typeof identity>['client'], generation: () => number): Authenticate {
  const principals = createCache<Principal>({
    entriesMax: credentialsMax,
    ttlMs: believedMs,
    load: key => {
      const [, kind, value] = key.split(' ') as [string, 'bearer' | 'cookie', string]
      return client().authenticate({ kind, value })
    },
  })
  return credential => {
    if (credential.kind === 'none') return anonymous
    const value = credential.kind === 'bearer' ? credential.token : credential.value
    const key = `${generation()} ${credential.kind} ${value}`
    return principals.peek(key) ?? principals.get(key)
  }
}

/** By this process's clock. The credential was found good by identity; here its token is only read. */
function expiryOf(credential: Credential, { nowMs, dbNowMs }: { readonly nowMs: number; readonly dbNowMs: number }) {
  if (credential.kind === 'none') return undefined
  const isToken = credential.kind === 'bearer' && !isApiKeyLike(credential.token)
  const endsAtMs = isToken ? expiryInToken(credential.token) : undefined
  return endsAtMs === undefined ? nowMs + checkAgainMs : endsAtMs - (dbNowMs - nowMs)
}

function expiryInToken(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown }
    return typeof exp === 'number' ? exp * 1_000 : undefined
  } catch {
    return undefined
  }
}
