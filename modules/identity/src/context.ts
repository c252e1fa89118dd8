/** What every use case of identity works with. */
import type { Authenticate, SessionWatch } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Context } from '@octet/kernel'
import type { Passwords } from '@octet/passwords'
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
  /** Modules that must answer when a person is erased or their data exported. */
  readonly personalDataModules: readonly string[]
  readonly erasureGraceDays: number
  readonly passwords: Passwords
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
  /** See `audit.ts`. */
  readonly auditKey: Buffer
  /** Where people reach this installation; see the floor. */
  readonly origin: string
  /** The database's clock, Unix milliseconds: all processes agree on it. */
  readonly clockMs: () => number
  /** Whether addresses at throw-away services are refused. */
  readonly refusesDisposable: boolean
  readonly providers: ReadonlyMap<string, Provider>
  readonly authenticate: Authenticate
  readonly sessionWatch: SessionWatch
}

export type IdentityContext = Context<typeof identity, readonly [], IdentityState>
