import { type Input, requireUser } from '@octet/contracts'
import type { links, UtmTemplate } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { templateOf } from './list-utm-templates.ts'
import * as templateStore from './store.ts'

const templatesMax = 200

/** Saves UTM parameters under a name. Throws `utm-template-exists`, `too-many`. */
export async function createUtmTemplate(
  ctx: LinksContext,
  input: Input<typeof links, 'createUtmTemplate'>,
): Promise<UtmTemplate> {
  const { userId: ownerId } = requireUser(ctx.actor)
  return ctx.once('links.createUtmTemplate', async tx => {
    if ((await templateStore.listTemplates(tx, ownerId)).length >= templatesMax) {
      throw problem('too-many', { detail: `There may be ${templatesMax} utm templates.` })
    }
    const at = new Date(ctx.now()).toISOString()
    const row = await templateStore.insertTemplate(tx, { ownerId, name: input.name.trim(), utm: input.utm, at })
    if (row === undefined) throw templateExists()
    return templateOf(row)
  })
}

/** The problem of a duplicate template name. */
export function templateExists() {
  return problem('utm-template-exists', { errors: [{ path: '/name', message: 'is the name of another template' }] })
}
