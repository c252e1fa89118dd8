/** Accounts and sessions under faults: no account lost or doubled, no session lost, none alive after its end. */
import { identity } from '@octet/contracts/identity'
import { type Call, callsOfOp } from '../../history/history.ts'
import { firstOf, groupBy } from '../../oracles/oracle.ts'
import { countedEvent, defineChaosSystem, type SessionRule } from '../system.ts'
import { identityMutants } from './mutants.ts'
import { passwordCanary } from './sign-up.ts'
import { identityWorkload } from './workload.ts'

/** A type and not an interface: only a type counts as a record of tables. */
export type IdentityState = { readonly users: readonly { readonly id: string; readonly username: string }[] }

export const sessionRule: SessionRule = { end: 'identity.sign-out', uses: ['identity.use', 'identity.refresh'] }

/** @public loaded by systems/all.ts */
export const system = defineChaosSystem<IdentityState>({
  name: 'identity',
  workload: identityWorkload,
  async readState(sql) {
    return { users: await sql<IdentityState['users'][number][]>`select id, username from identity.users` }
  },
  creates: [
    {
      noun: 'account',
      op: 'identity.register',
      rows: state => state.users.map(({ id, username }) => ({ id, subject: username })),
      idOf,
      answerOf: idOf,
      repeats: false,
    },
  ],
  events: [
    countedEvent<IdentityState, typeof identity, 'user-registered'>(identity, 'user-registered', {
      subjectOf: ({ userId }) => userId,
      subjects: state => state.users.map(({ id }) => id),
    }),
  ],
  sessions: [sessionRule],
  findings: { O1: ({ calls }) => firstOf(lostSessions(calls)) },
  sometimes: calls => ({
    refreshedAfterLoss: refreshesOf(calls).filter(tries =>
      tries.some(({ kind }, at) => kind === 'info' && tries[at + 1]?.kind === 'ok'),
    ).length,
    signedOut: callsOfOp(calls, 'identity.sign-out').filter(({ kind }) => kind === 'ok').length,
    refusedAfterSignOut: callsOfOp(calls, 'identity.use').filter(({ status }) => status === 401).length,
  }),
  secretsIn: calls => [passwordCanary, ...tokensIn(calls)],
  mutants: identityMutants,
})

function idOf(body: unknown): string {
  return (body as { user: { id: string } }).user.id
}

function refreshesOf(calls: readonly Call[]): Call[][] {
  return [...groupBy(callsOfOp(calls, 'identity.refresh'), ({ subject }) => subject).values()]
}

/** A session without a sign-out survives, however often the answer to its refresh was lost. */
function lostSessions(calls: readonly Call[]): string[] {
  const ended = new Set(callsOfOp(calls, 'identity.sign-out').map(({ subject }) => subject))
  return callsOfOp(calls, 'identity.refresh')
    .filter(({ status, subject }) => status === 401 && !ended.has(subject))
    .map(({ subject, body }) => `the session of ${subject} is lost: ${(body as { code?: string } | undefined)?.code}`)
}

function tokensIn(calls: readonly Call[]): string[] {
  return calls.flatMap(({ body, op }) => {
    if (!op.startsWith('identity.')) return []
    const { accessToken, refreshToken } = (body ?? {}) as { accessToken?: string; refreshToken?: string }
    return [accessToken, refreshToken].filter(token => token !== undefined)
  })
}
