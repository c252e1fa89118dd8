import type { Input } from '@octet/contracts'
import type { links, UtmTemplate } from '@octet/contracts/links'
import { uniqueViolation } from '@octet/db'
import type { LinksContext } from '../context.ts'
import { accessUtmTemplate } from './access.ts'
import { templateExists } from './create-utm-template.ts'
import { templateOf } from './list-utm-templates.ts'
import * as templateStore from './store.ts'

/** Changes the name or the parameters; new parameters replace all old ones. Throws `utm-template-exists`. */
export async function updateUtmTemplate(
  ctx: LinksContext,
  input: Input<typeof links, 'updateUtmTemplate'>,
): Promise<UtmTemplate> {
  const template = await accessUtmTemplate(ctx.db, ctx.actor, input.id)
  const changed = { ...template, name: input.name?.trim() ?? template.name, utm: input.utm ?? template.utm }
  await templateStore.updateTemplate(ctx.db, changed).catch(error => {
    throw uniqueViolation(error) === 'utm_templates_name_of_owner' ? templateExists() : error
  })
  return templateOf(changed)
}
