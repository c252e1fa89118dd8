import type { Input } from '@octet/contracts'
import type { Folder, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessFolder } from './access.ts'
import { folderExists } from './create-folder.ts'
import { folderOf } from './list-folders.ts'
import * as organizeStore from './store.ts'

/** Renames a folder. Throws `folder-exists`. */
export async function renameFolder(ctx: LinksContext, input: Input<typeof links, 'renameFolder'>): Promise<Folder> {
  const folder = await accessFolder(ctx.db, ctx.actor, input.id)
  const name = input.name.trim()
  if (!(await organizeStore.renameFolder(ctx.db, folder.owner_id, folder.id, name))) throw folderExists()
  return folderOf({ ...folder, name })
}
