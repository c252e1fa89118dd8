import type { identity } from '@octet/contracts/identity'
import type { EventData, Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import * as exampleStore from './example-store.ts'
import * as store from './store.ts'

/** On `identity.owner-created`: the first administrator owns the example links, or they are deleted. */
export async function takeOverExamples(
  ctx: LinksContext,
  tx: Tx,
  { userId, examples }: EventData<typeof identity, 'owner-created'>,
): Promise<void> {
  if (examples) await exampleStore.giveExamplesTo(tx, userId)
  else await store.deleteLinks(tx, await exampleStore.exampleIds(tx, null), new Date(ctx.now()).toISOString())
}
