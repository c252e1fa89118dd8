import type { Readable } from 'node:stream'
import { commonProblem } from '@octet/contracts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { hashOfLink } from './create-export-link.ts'
import { archiveKey } from './rules.ts'
import { useLink } from './store.ts'

/** Takes a link and returns its export. Throws `not-found` for a used, replaced or invalid link. */
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
