/** The module: accounts, sign-in, sessions and roles. */
import { identity } from '@octet/contracts/identity'
import { defineModule, type Floor, type Installation } from '@octet/kernel'
import type { IdentityState } from './context.ts'
import { seedDemo } from './demo.ts'
import { flags } from './flags.ts'
import { handlers } from './handlers.ts'
import { jobs } from './jobs.ts'
import { touchApiKeys } from './keys/store.ts'
import { deliverNotification } from './mail/deliver-notification.ts'
import { createMeasures } from './measures.ts'
import { operations } from './operations.ts'
import { createThrottle } from './passwords/throttle.ts'
import { privacy } from './privacy.ts'
import { createProviders } from './providers/openid-providers.ts'
import { routes } from './routes.ts'
import { createSessionCookie } from './sessions/cookie.ts'
import { createLastSeen } from './sessions/last-seen.ts'
import { openModuleKey } from './sessions/module-key.ts'
import { createRevocations } from './sessions/revocations.ts'
import { openSigningKeys } from './sessions/signing-keys.ts'
import { readRevocations, touchSessions } from './sessions/store.ts'
import { createAccessTokens, revocationKeepMs } from './sessions/tokens.ts'
import { settings } from './settings.ts'
import { createSignInFailures } from './sign-in/failures.ts'
import { accountsRemotely } from './trust/accounts-remotely.ts'
import { createPrincipals } from './trust/principals.ts'
import { createSessionWatch } from './trust/session-watch.ts'

export { createSetupToken, setupNeeded } from './setup/setup-token.ts'

export const identityModule = defineModule({
  contract: identity,
  settings,
  flags,
  calls: [],
  migrations: new URL('../migrations/', import.meta.url),
  privacy,
  open,
  operations,
  listens: handlers,
  routes,
  jobs,
  authenticate: state => state.authenticate,
  watchSessions: state => state.sessionWatch,
  accountsRemotely,
  deliverNotification,
  seedDemo,
  close,
})

/** Identifies the installation, not its address: processes with different addresses share one database and its keys. */
const issuer = 'octet'

async function open(
  floor: Floor<typeof identity, typeof settings>,
  { personalDataModules, flags: installationFlags }: Installation,
): Promise<IdentityState> {
  const { db, limiter, log, metrics, now, origin, passwords, pictures, secrets } = floor
  const revocations = createRevocations({
    read: since => readRevocations(db, since),
    now,
    log,
    keepMs: revocationKeepMs,
  })
  const lastSeen = createLastSeen({ db, log, now, touch: touchSessions })
  const keysLastSeen = createLastSeen({ db, log, now, touch: touchApiKeys })
  const signingKeys = await openSigningKeys({ db, secrets, now, log })
  const auditKey = await openModuleKey(db, secrets, 'audit')
  const accessTokens = createAccessTokens({ keys: signingKeys, issuer, nowMs: revocations.nowMs })
  const principals = createPrincipals({ db, tokens: accessTokens, revocations, lastSeen, keysLastSeen, metrics })
  await revocations.poll() // until the first poll every request asks the database
  revocations.start()
  signingKeys.start()
  lastSeen.start()
  keysLastSeen.start()
  const signInFailures = createSignInFailures({ db, log, now, auditKey })
  signInFailures.start()
  return {
    personalDataModules,
    installationFlags,
    erasureGraceDays: floor.settings.OCTET_ERASURE_DAYS,
    passwords,
    pictures,
    limiter,
    throttle: createThrottle({ db, log }),
    signingKeys,
    secrets,
    accessTokens,
    revocations,
    lastSeen,
    keysLastSeen,
    cookie: createSessionCookie(origin),
    signInFailures,
    auditKey,
    refusesDisposable: !floor.settings.OCTET_DISPOSABLE_MAIL,
    providers: createProviders(floor.settings.OCTET_OPENID, floor.outbound),
    measures: createMeasures(metrics, { passwords, revocations }),
    origin,
    clockMs: revocations.nowMs,
    authenticate: principals.authenticate,
    sessionWatch: createSessionWatch({ principals, revocations, now }),
  }
}

async function close({
  revocations,
  lastSeen,
  keysLastSeen,
  signingKeys,
  signInFailures,
}: IdentityState): Promise<void> {
  await revocations.stop()
  signingKeys.stop()
  await signInFailures.stop()
  await lastSeen.stop()
  await keysLastSeen.stop()
}
