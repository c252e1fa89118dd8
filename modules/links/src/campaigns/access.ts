/** The only way to a utm template: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { listTemplates, type UtmTemplateRow } from './store.ts'

/** A utm template of the actor's; `not-found` alike. */
export async function accessUtmTemplate(db: Queryable, actor: Principal, id: string): Promise<UtmTemplateRow> {
  const [template] = await listTemplates(db, requireUser(actor).userId, id)
  if (template === undefined) throw commonProblem('not-found')
  return template
}
