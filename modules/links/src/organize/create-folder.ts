import { type Input, requireUser } from '@octet/contracts'
import type { Folder, links } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { folderOf } from './list-folders.ts'
import * as organizeStore from './store.ts'

const foldersMax = 500

/** Creates a folder. Throws `folder-exists`, `too-many`. */
export async function createFolder(ctx: LinksContext, input: Input<typeof links, 'createFolder'>): Promise<Folder> {
  const { userId: ownerId } = requireUser(ctx.actor)
  return ctx.once('links.createFolder', async tx => {
    if ((await organizeStore.listFolders(tx, ownerId)).length >= foldersMax) {
      throw problem('too-many', { detail: `There may be ${foldersMax} folders.` })
    }
    const at = new Date(ctx.now()).toISOString()
    const row = await organizeStore.insertFolder(tx, { ownerId, name: input.name.trim(), at })
    if (row === undefined) throw folderExists()
    return folderOf(row)
  })
}

/** The problem of a duplicate folder name. */
export function folderExists() {
  return problem('folder-exists', { errors: [{ path: '/name', message: 'is the name of another folder' }] })
}
