/** The server broken on purpose, one promise each. An oracle that stays green on its mutant is not one. */
import type { Patch } from './patch.ts'

const connect = 'platform/db/src/connect.ts'
const once = 'platform/db/src/once.ts'

/** Adds the module that counts the effects of events. Not a mutant: every run has it. */
export const probe: Patch = {
  file: 'apps/server/src/modules.ts',
  find: 'export const modules: readonly AnyModule[] = [',
  replace: `import { probeModule } from '${new URL('../probe/module.ts', import.meta.url)}'
export const modules: readonly AnyModule[] = [probeModule, `,
}

export const mutants = {
  /** Acknowledges before the log is on disk. Needs `kill -9` of the whole PostgreSQL to show. */
  'asynchronous-commit': {
    file: connect,
    find: "TimeZone: 'UTC',",
    replace: "TimeZone: 'UTC', synchronous_commit: 'off',",
  },
  /** Forgets that a request under an idempotency key has acted. */
  'no-deduplication': {
    file: once,
    find: 'if (key === undefined) return',
    replace: 'if (key !== null) return',
  },
  /** Loses one event in four. */
  'events-dropped': {
    file: connect,
    find: 'published = true\n',
    replace: 'published = true\nif (Math.random() < 0.25) return\n',
  },
  /** Handles an event again each time it is delivered. */
  'no-inbox': {
    file: once,
    find: 'export async function isFirstDelivery(',
    replace: 'export async function isFirstDelivery() { return true }\nexport async function askInbox(',
  },
  /** Gives a link to whoever knows its id. */
  'no-owner-check': {
    file: 'modules/links/src/access.ts',
    find: 'if (row.owner_id !== actor.userId',
    replace: 'if (row === undefined',
  },
  /** Believes a token until it expires. */
  'revocations-unheard': {
    file: 'modules/identity/src/principals.ts',
    find: 'known.expiresAtMs > revocations.nowMs() && !revocations.isRevoked(known)',
    replace: 'known.expiresAtMs > revocations.nowMs()',
  },
  /** Closes no socket whose session has ended. */
  'sockets-untold': {
    file: 'platform/realtime/src/server.ts',
    find: 'const stopHearing = watch?.onRevoked(revoked => end(state, revoked))',
    replace: 'const stopHearing = watch?.onRevoked(() => undefined)',
  },
  /** Goes on telling news to sockets although no revocation could be read for long. */
  'sockets-unmuted': {
    file: 'platform/realtime/src/sweep.ts',
    find: 'hub.mute(watch !== undefined && watch.silentMs() > silentMsMax)',
    replace: 'hub.mute(false)',
  },
  /** Adds up only some of the clicks. */
  'clicks-dropped': {
    file: 'modules/links/src/count-clicks.ts',
    find: 'await store.addClicks(tx, counts)',
    replace: 'await store.addClicks(tx, counts.slice(1))',
  },
  /** Writes passwords to the log. */
  'secrets-logged': {
    file: 'modules/identity/src/create-account.ts',
    find: 'checkPassword(input)',
    replace: "checkPassword(input)\n  ctx.log.info({ note: input.password }, 'registering')",
  },
} as const satisfies Record<string, Patch>
export type Mutant = keyof typeof mutants
