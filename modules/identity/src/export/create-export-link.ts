import { createHash, randomBytes } from 'node:crypto'
import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { accessOwnExport } from './access.ts'
import { setLink } from './store.ts'

const tokenBytes = 32

/** Creates a link that downloads the export once, while the export exists. Throws `export-not-ready`, `not-found`. */
export async function createExportLink(
  ctx: IdentityContext,
  { id }: Input<typeof identity, 'createExportLink'>,
): Promise<Output<typeof identity, 'createExportLink'>> {
  const { userId } = requireUser(ctx.actor)
  const { expires_at: expiresAt } = await accessOwnExport(ctx.db, ctx.actor, id)
  const token = randomBytes(tokenBytes).toString('base64url')
  const now = new Date(ctx.now()).toISOString()
  const isSet = await setLink(ctx.db, { id, userId, linkHash: hashOfLink(token), now })
  if (!isSet) throw problem('export-not-ready')
  return { url: `${ctx.origin}/exports/${token}`, expiresAt }
}

/** The stored form of a link. */
export function hashOfLink(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
