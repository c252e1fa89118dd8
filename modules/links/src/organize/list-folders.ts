import { type Input, type Output, requireUser } from '@octet/contracts'
import type { Folder, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as organizeStore from './store.ts'

/** The caller's folders by name. */
export async function listFolders(
  ctx: LinksContext,
  _input: Input<typeof links, 'listFolders'>,
): Promise<Output<typeof links, 'listFolders'>> {
  const { userId } = requireUser(ctx.actor)
  return { data: (await organizeStore.listFolders(ctx.db, userId)).map(folderOf) }
}

export function folderOf(row: organizeStore.FolderRow): Folder {
  return { id: row.id, name: row.name, links: row.links, createdAt: row.created_at }
}
