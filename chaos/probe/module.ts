/** A module that listens: what it writes down is what events did. Loaded into servers under test by a patch. */
import { defineContract, identity, links } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { defineModule, on } from '@octet/kernel'

const probe = defineContract({ name: 'chaosprobe', problems: {}, operations: {}, events: {} })

async function noteLink(_ctx: unknown, tx: Tx, { linkId }: { linkId: string }): Promise<void> {
  await note(tx, 'link-created', linkId)
}

async function noteUser(_ctx: unknown, tx: Tx, { userId }: { userId: string }): Promise<void> {
  await note(tx, 'user-registered', userId)
}

async function note({ sql }: Tx, event: string, subject: string): Promise<void> {
  await sql`insert into effects (event, subject) values (${event}, ${subject})`
}

/** @public imported by the patch in mutants.ts */
export const probeModule = defineModule({
  contract: probe,
  calls: [],
  migrations: new URL('./migrations/', import.meta.url),
  privacy: { keepsNothing: 'Ids of events only, and only in a server under test.' },
  open: async () => ({}),
  operations: {},
  listens: [on(links, 'link-created', noteLink), on(identity, 'user-registered', noteUser)],
})
