/** A module that records every effect of the events that systems name. A patch loads it into servers under test. */
import { defineContract } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { defineModule, type Subscription } from '@octet/kernel'
import type { SystemState } from '../state.ts'
import { systems } from '../systems/all.ts'
import type { EventRule } from '../systems/system.ts'

const probe = defineContract({ name: 'chaosprobe', problems: {}, operations: {}, events: {} })

/** The inbox tells handlers of one event apart by `handler`. */
function recorded({ contract, event, subjectOf }: EventRule<SystemState>): Subscription<unknown> {
  const handle = async (_ctx: unknown, { sql }: Tx, data: unknown) => {
    await sql`insert into effects (event, subject) values (${event}, ${subjectOf(data as never)})`
  }
  return { contract, event, handler: `record-${event}`, handle }
}

/** @public imported by the patch in mutants/all.ts */
export const probeModule = defineModule({
  contract: probe,
  calls: [],
  migrations: new URL('./migrations/', import.meta.url),
  privacy: { keepsNothing: 'Ids of events only, and only in a server under test.' },
  open: async () => ({}),
  operations: {},
  listens: systems.flatMap(({ events = [] }) => events.map(recorded)),
})
