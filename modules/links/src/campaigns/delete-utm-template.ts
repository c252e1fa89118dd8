import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessUtmTemplate } from './access.ts'
import * as templateStore from './store.ts'

/** Deletes a UTM template. Links keep their own copy of its parameters. */
export async function deleteUtmTemplate(
  ctx: LinksContext,
  input: Input<typeof links, 'deleteUtmTemplate'>,
): Promise<object> {
  const template = await accessUtmTemplate(ctx.db, ctx.actor, input.id)
  await templateStore.deleteTemplate(ctx.db, template.id)
  return {}
}
