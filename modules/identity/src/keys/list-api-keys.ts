import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import { prefixOf } from './api-key.ts'
import { type ApiKeyRow, countApiKeys, listLiveApiKeys } from './store.ts'

type ApiKeys = Output<typeof identity, 'listApiKeys'>

/** The caller's active keys, newest first. `lastUsedAt` is up to a minute old. */
export async function listApiKeys(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listApiKeys'>,
): Promise<ApiKeys> {
  const { userId } = requireUser(ctx.actor)
  const { limit, after } = readPage(input)
  const rows = await listLiveApiKeys(ctx.db, { userId, limit, after })
  const total = await totalOf(input, () => countApiKeys(ctx.db, userId))
  return pageOf(rows, { limit, total, positionOf: row => ({ at: row.created_at, id: row.id }), view: apiKeyOf })
}

/** A key as shown to its owner. */
export function apiKeyOf(row: ApiKeyRow): ApiKeys['data'][number] {
  return {
    id: row.id,
    name: row.name,
    prefix: prefixOf(row.lookup),
    last4: row.last4,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
