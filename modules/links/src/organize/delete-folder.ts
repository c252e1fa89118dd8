import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessFolder } from './access.ts'
import * as organizeStore from './store.ts'

/** Deletes a folder. Its links stay, without a folder. */
export async function deleteFolder(ctx: LinksContext, input: Input<typeof links, 'deleteFolder'>): Promise<object> {
  const folder = await accessFolder(ctx.db, ctx.actor, input.id)
  await organizeStore.deleteFolder(ctx.db, folder.owner_id, folder.id)
  return {}
}
