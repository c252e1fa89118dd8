/** The platform broken on purpose, one promise each. */
import type { Mutant } from './mutant.ts'

const connect = 'platform/db/src/connect.ts'
const once = 'platform/db/src/once.ts'

export const platformMutants = {
  /** Not a mutant but a shorter limit: a reader that does not read is disconnected after a second. */
  'readers-cut-soon': {
    file: 'platform/realtime/src/sweep.ts',
    find: 'const stuckMsMax = 10_000',
    replace: 'const stuckMsMax = 1_000',
  },
  /** Acknowledges before the log is on disk. Only `kill -9` of the whole PostgreSQL shows it. */
  'asynchronous-commit': {
    file: connect,
    find: "TimeZone: 'UTC',",
    replace: "TimeZone: 'UTC', synchronous_commit: 'off',",
    red: { oracle: 'O1', says: /was acknowledged and does not exist/, under: 'kill-postgres' },
  },
  /** Forgets that a request under an idempotency key took effect. */
  'no-deduplication': {
    file: once,
    find: 'if (key === undefined) return',
    replace: 'if (key !== null) return',
    red: { oracle: 'O2', says: /created [2-9] rows/, under: 'cut-outbox' },
  },
  /** Loses one event in four. */
  'events-dropped': {
    file: connect,
    find: 'published = true\n',
    replace: 'published = true\nif (Math.random() < 0.25) return\n',
    red: { oracle: 'O6', says: /had 0 effects/, under: 'cut-outbox' },
  },
  /** Stops delivering events after the database was unreachable. */
  'relay-ended': {
    file: 'platform/bus/src/relay.ts',
    find: "'the outbox could not be read; trying again')",
    replace: "'the outbox could not be read')\n        stopping = true",
    red: { oracle: 'O12', says: /queues were not empty/, under: 'kill-postgres' },
  },
  /** Handles an event every time it is delivered. */
  'no-inbox': {
    file: once,
    find: 'export async function isFirstDelivery(',
    replace: 'export async function isFirstDelivery() { return true }\nexport async function askInbox(',
    red: { oracle: 'O6', says: /had [2-9] effects/, under: 'cut-outbox' },
  },
  /** Keeps sockets open whose session ended. */
  'sockets-untold': {
    file: 'platform/realtime/src/server.ts',
    find: 'const stopHearing = watch?.onRevoked(revoked => revoke(state, revoked))',
    replace: 'const stopHearing = watch?.onRevoked(() => undefined)',
  },
  /** Keeps sending to sockets although revocations could not be read for long. */
  'sockets-unmuted': {
    file: 'platform/realtime/src/sweep.ts',
    find: 'hub.mute(watch !== undefined && watch.silentMs() > silentMsMax)',
    replace: 'hub.mute(false)',
  },
  /** Publishes a live event before its transaction commits. */
  'told-before-commit': {
    file: connect,
    find: 'appended.push(entry)',
    replace: 'appended.push(entry)\n            options.onAppended?.([entry])',
  },
  /** Executes the sends of a device in order of arrival. */
  'turns-untaken': {
    file: once,
    find: 'if (recalled === undefined && key?.turn !== undefined) await takeTurn(tx, key.turn)',
    replace: '',
  },
  /** Takes the `seq` of an event from a separate counter, which does not wait for the previous transaction. */
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
  /** Relies on every hint to arrive. */
  'heads-unpolled': {
    file: 'platform/realtime/src/hub.ts',
    find: 'poll(state)\n      .catch(',
    replace: 'Promise.resolve()\n      .catch(',
  },
  /** Treats a started erasure as finished. */
  'erasures-unresumed': {
    file: 'platform/kernel/src/privacy.ts',
    find: "for (let left: 'more' | 'done' = 'more';",
    replace: "for (let left: 'more' | 'done' = attempt.attempt > 1 ? 'done' : 'more';",
  },
  /** Does not verify that an erasure left nothing behind. */
  'erasures-unverified': {
    file: 'platform/kernel/src/privacy.ts',
    find: 'if (rows > 0) throw',
    replace: 'if (rows < 0) throw',
  },
  /** Publishes live events when the body of the transaction is done, before the commit. */
  'published-early': {
    file: connect,
    find: 'bodyDone = true\n        return value',
    replace: 'bodyDone = true\n        if (appended.length > 0) options.onAppended?.(appended)\n        return value',
  },
} as const satisfies Record<string, Mutant>
