import type { Readable } from 'node:stream'
import { commonProblem } from '@octet/contracts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { hashOfLink } from './create-export-link.ts'
import { archiveKey } from './rules.ts'
import { useLink } from './store.ts'

/** Uses a link up and gives the archive it leads to. Throws `not-found` for one that is used, replaced, or made up. */
export async function fetchExport(ctx: IdentityContext, token: string): Promise<{ body: Readable; sizeBytes: number }> {
  const found = await ctx.db.transaction('identity.fetchExport', async tx => {
    const row = await useLink(tx, hashOfLink(token), new Date(ctx.now()).toISOString())
    if (row !== undefined) await audit(ctx, tx, { userId: row.user_id, action: 'export-fetched' })
    return row
  })
  const archive = found && (await ctx.storage.get(archiveKey(found.id)))
  if (archive === undefined) throw commonProblem('not-found')
  return { body: archive.body, sizeBytes: archive.info.sizeBytes }
}
