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
  /** No mutant but a shorter patience: who stands still is cut off after a second. */
  'readers-cut-soon': {
    file: 'platform/realtime/src/sweep.ts',
    find: 'const stuckMsMax = 10_000',
    replace: 'const stuckMsMax = 1_000',
  },
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
  /** Delivers no event any more once the database was away. */
  'relay-ended': {
    file: 'platform/bus/src/relay.ts',
    find: "'the outbox could not be read; trying again')",
    replace: "'the outbox could not be read')\n        stopping = true",
  },
  /** Handles an event again each time it is delivered. */
  'no-inbox': {
    file: once,
    find: 'export async function isFirstDelivery(',
    replace: 'export async function isFirstDelivery() { return true }\nexport async function askInbox(',
  },
  /** Gives a link to whoever knows its id. */
  'no-owner-check': {
    file: 'modules/links/src/manage/access.ts',
    find: 'if (row.owner_id !== actor.userId',
    replace: 'if (row === undefined',
  },
  /** Believes a token until it expires. */
  'revocations-unheard': {
    file: 'modules/identity/src/trust/principals.ts',
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
  /** Tells what it appended before that is committed. */
  'told-before-commit': {
    file: connect,
    find: 'appended.push(entry)',
    replace: 'appended.push(entry)\n            options.onAppended?.([entry])',
  },
  /** Takes a message it knows for a new one. */
  'cmid-forgotten': {
    file: 'modules/chat/src/messages/store.ts',
    find: 'if (claimed.length === 1) return undefined',
    replace: 'if (claimed !== undefined) return undefined',
  },
  /** Takes a key it knows for a new one. */
  'keys-forgotten': {
    file: once,
    find: 'if (claimed.length === 1) return undefined',
    replace: 'if (claimed !== undefined) return undefined',
  },
  /** Carries out what a device sends as it comes. */
  'turns-untaken': {
    file: once,
    find: 'if (key.turn !== undefined) await takeTurn(tx, key.turn)',
    replace: '',
  },
  /** Lets changes of a room overtake one another. */
  'room-unlocked': {
    file: 'modules/chat/src/rooms/store.ts',
    find: ' for update`',
    replace: '`',
  },
  /** Takes the `seq` of an event from a counter of its own, which does not wait for who took one before. */
  'seq-from-counter': {
    file: connect,
    find: 'const entry = await appendEvent(',
    replace: `const fromCounter = async () => {
              const name = \`\${options.schema}:\${kind}:\${key}\`
              const [counted] = await pool\`
                update streams set last_seq = last_seq + 1 where name = \${name} returning epoch, last_seq as seq\`
              if (counted === undefined) return undefined
              const { epoch, seq } = counted
              const { type, body, from = null, cmid = null } = event
              const id = crypto.randomUUID()
              const [{ at }] = await sql\`
                insert into stream_events (stream, seq, id, type, body, from_id, cmid)
                values (\${name}, \${seq}, \${id}, \${type}, \${sql.json(body)}, \${from}, \${cmid}) returning at\`
              return { stream: name, epoch, event: { ...event, seq, id, at } }
            }
            const entry = (await fromCounter()) ?? await appendEvent(`,
  },
  /** Believes that hints always arrive. */
  'heads-unpolled': {
    file: 'platform/realtime/src/hub.ts',
    find: 'poll(state)\n      .catch(',
    replace: 'Promise.resolve()\n      .catch(',
  },
  /** Adds up only some of the clicks. */
  'clicks-dropped': {
    file: 'modules/links/src/statistics/count-clicks.ts',
    find: 'await store.addClicks(tx, counts)',
    replace: 'await store.addClicks(tx, counts.slice(1))',
  },
  /** Takes an erasure that somebody has begun for done. */
  'erasures-unresumed': {
    file: 'platform/kernel/src/privacy.ts',
    find: "for (let left: 'more' | 'done' = 'more';",
    replace: "for (let left: 'more' | 'done' = attempt.attempt > 1 ? 'done' : 'more';",
  },
  /** Does not look whether anything is left of somebody. */
  'erasures-unverified': {
    file: 'platform/kernel/src/privacy.ts',
    find: 'if (rows > 0) throw',
    replace: 'if (rows < 0) throw',
  },
  /** Writes passwords to the log. */
  'secrets-logged': {
    file: 'modules/identity/src/sign-in/create-account.ts',
    find: 'checkPassword(input)',
    replace: "checkPassword(input)\n  ctx.log.info({ note: input.password }, 'registering')",
  },
} as const satisfies Record<string, Patch>
export type Mutant = keyof typeof mutants
