/** A reader continues from the last number it saw: which numbers can it trust? */
import { join } from 'node:path'
import type { chat } from '@octet/contracts/chat'
import { migrateUp, openDb, startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import type { Experiment } from '../../bench/experiment.ts'
import { withTempDir } from '../../bench/octet.ts'
import { countSkipped, type Outcome, type Way, ways } from './serial-order-ways.ts'

const load = { writers: 8, rooms: 4 }

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'serial-order',
  shows: `messages a reader never gets who asks for what comes after its last one: ${load.writers} writers, three ways to number`,
  cores: 'shared',
  goals: [
    { of: 'octetSkipped', atMost: 0 },
    { of: 'serialSkipped', atLeast: 1 },
    { of: 'timestampSkipped', atLeast: 1 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      await migrateUp(postgres.url, [{ module: 'lab', folder: new URL('./lab-migrations/', import.meta.url) }])
      const db = openDb<typeof chat>({ url: postgres.url, schema: 'lab', connectionsMax: load.writers + load.rooms })
      try {
        const durationMs = pick({ short: 1_000, normal: 3_000, long: 20_000 })
        const outcomes = {} as Record<Way, Outcome>
        for (const way of ways) {
          say(`writing for ${durationMs / 1000} s: ${way}`)
          outcomes[way] = await countSkipped(db, way, { ...load, durationMs })
        }
        const { serial, timestamp, octet } = outcomes
        return {
          baseline: 'bigserial, and a reader that asks for id > last',
          metrics: {
            serialWritten: serial.written,
            serialSkipped: serial.skipped,
            timestampWritten: timestamp.written,
            timestampSkipped: timestamp.skipped,
            octetWritten: octet.written,
            octetSkipped: octet.skipped,
          },
          ratios: {
            serialSkippedShare: serial.skipped / serial.written,
            timestampSkippedShare: timestamp.skipped / timestamp.written,
            // The price: writers to one room wait for each other's commits.
            octetWrittenOfSerial: octet.written / serial.written,
          },
        }
      } finally {
        await db.close()
        await postgres.stop()
      }
    }),
}
