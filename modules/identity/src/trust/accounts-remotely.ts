import { createCache } from '@octet/cache'
import { type Authenticate, anonymous, type Credential, type Principal } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { AccountsElsewhere, RemoteAccounts } from '@octet/kernel'
import { isApiKeyLike } from '../keys/api-key.ts'
import { createRevocations } from '../sessions/revocations.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'

/** Keeps the one-second promise for revocations: the process that serves identity knows them at once. */
const believedMs = 800
const credentialsMax = 10_000
/** Cookies and API keys do not carry their expiry. Open connections are checked again this often. */
const checkAgainMs = 5 * 60_000

/**
 * Authentication for a process that does not serve identity. It asks the process that does, at most once per credential
 * and {@link believedMs}, and again after a change of the account. Without an answer access is refused. It reads
 * revocations as often as identity itself, so open connections end within a second.
 */
export function accountsRemotely(parts: RemoteAccounts<typeof identity>): AccountsElsewhere {
  const { client, now, log } = parts
  const revocations = createRevocations({
    read: since => client().listRevocations(since === undefined ? {} : { since }),
    now,
    log,
    keepMs: revocationKeepMs,
  })
  let generation = 0
  // Registered first, so later listeners that authenticate get an answer from after the revocation.
  revocations.onRevoked(() => void generation++)
  revocations.start()
  return {
    authenticate: askEach(parts, () => generation),
    sessionWatch: {
      expiresAtMs: credential => expiryOf(credential, { nowMs: now(), dbNowMs: revocations.nowMs() }),
      onRevoked: revocations.onRevoked,
      silentMs: revocations.silentMs,
      close: () => revocations.stop(),
    },
  }
}

function askEach({ client, metrics }: RemoteAccounts<typeof identity>, generation: () => number): Authenticate {
  const principals = createCache<Principal>({
    entriesMax: credentialsMax,
    ttlMs: believedMs,
    load: key => {
      const [, kind, value] = key.split(' ') as [string, 'bearer' | 'cookie', string]
      return client().authenticate({ kind, value })
    },
  })
  metrics.observeCache('identity.remote-principals', principals.stats)
  return credential => {
    if (credential.kind === 'none') return anonymous
    const value = credential.kind === 'bearer' ? credential.token : credential.value
    const key = `${generation()} ${credential.kind} ${value}`
    return principals.peek(key) ?? principals.get(key)
  }
}

/** By this process's clock. Identity has verified the credential; this only reads its token. */
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
