/** The context of every identity use case. */
import type { Limiter } from '@octet/cache'
import type { Authenticate, SessionWatch } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Context, InstallationFlags } from '@octet/kernel'
import type { Passwords } from '@octet/passwords'
import type { Pictures } from '@octet/pictures'
import type { Secrets } from '@octet/secrets'
import type { Measures } from './measures.ts'
import type { Throttle } from './passwords/throttle.ts'
import type { Provider } from './providers/openid-providers.ts'
import type { SessionCookie } from './sessions/cookie.ts'
import type { LastSeen } from './sessions/last-seen.ts'
import type { Revocations } from './sessions/revocations.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import type { AccessTokens } from './sessions/tokens.ts'
import type { SignInFailures } from './sign-in/failures.ts'

export interface IdentityState {
  /** Modules that store personal data. They answer every erasure and export request. */
  readonly personalDataModules: readonly string[]
  /** The feature flags of all modules, which administrators decide. */
  readonly installationFlags: InstallationFlags
  readonly erasureGraceDays: number
  readonly passwords: Passwords
  readonly pictures: Pictures
  readonly limiter: Limiter
  readonly throttle: Throttle
  readonly signingKeys: SigningKeys
  readonly secrets: Secrets
  readonly accessTokens: AccessTokens
  readonly revocations: Revocations
  readonly lastSeen: LastSeen
  readonly keysLastSeen: LastSeen
  readonly cookie: SessionCookie
  readonly measures: Measures
  readonly signInFailures: SignInFailures
  /** Key that seals audit chains; see `audit/audit.ts`. */
  readonly auditKey: Buffer
  /** Public origin of this installation. */
  readonly origin: string
  /** The database's clock in Unix milliseconds. All processes share it. */
  readonly clockMs: () => number
  /** Whether disposable e-mail addresses are rejected. */
  readonly refusesDisposable: boolean
  readonly providers: ReadonlyMap<string, Provider>
  readonly authenticate: Authenticate
  readonly sessionWatch: SessionWatch
}

export type IdentityContext = Context<typeof identity, readonly [], IdentityState>
