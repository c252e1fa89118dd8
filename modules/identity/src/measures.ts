/** Metrics of identity. */
import type { Counter, Metrics } from '@octet/observe'
import type { Passwords } from '@octet/passwords'
import type { Revocations } from './sessions/revocations.ts'

export interface Measures {
  readonly passwordsRight: Counter
  /** A sudden rise means password guessing. */
  readonly passwordsWrong: Counter
  /** Any value above zero means a copied refresh token or a client that keeps old ones. */
  readonly sessionsReplayed: Counter
}

/** Registers the module's metric series. */
export function createMeasures(metrics: Metrics, parts: { passwords: Passwords; revocations: Revocations }): Measures {
  const { passwords, revocations } = parts
  metrics.readGauge({
    name: 'octet_identity_hashes_waiting',
    help: 'Password hashes in the queue; at its bound sign-in answers 503.',
    read: () => passwords.load().waiting,
  })
  metrics.readGauge({
    name: 'octet_identity_revocations_stale',
    help: '1 while revocations cannot be read and every request asks the database.',
    read: () => Number(revocations.isStale()),
  })
  const checks = metrics.counter({
    name: 'octet_identity_password_checks_total',
    help: 'Passwords checked at sign-in.',
    labels: ['outcome'],
  })
  const replays = metrics.counter({
    name: 'octet_identity_sessions_replayed_total',
    help: 'Sessions ended because an old refresh token came back.',
  })
  return {
    passwordsRight: checks.with({ outcome: 'right' }),
    passwordsWrong: checks.with({ outcome: 'wrong' }),
    sessionsReplayed: replays.with(),
  }
}
