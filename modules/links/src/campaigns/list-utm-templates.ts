import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links, UtmTemplate } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as templateStore from './store.ts'

/** The caller's UTM templates by name. */
export async function listUtmTemplates(
  ctx: LinksContext,
  _input: Input<typeof links, 'listUtmTemplates'>,
): Promise<Output<typeof links, 'listUtmTemplates'>> {
  const { userId } = requireUser(ctx.actor)
  return { data: (await templateStore.listTemplates(ctx.db, userId)).map(templateOf) }
}

export function templateOf(row: templateStore.UtmTemplateRow): UtmTemplate {
  return { id: row.id, name: row.name, utm: row.utm, createdAt: row.created_at }
}
