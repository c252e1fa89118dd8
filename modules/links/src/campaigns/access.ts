/** The only way to obtain a UTM template: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { listTemplates, type UtmTemplateRow } from './store.ts'

/** A UTM template of the caller. Throws `not-found` alike for unknown ones and for those of others. */
export async function accessUtmTemplate(db: Queryable, actor: Principal, id: string): Promise<UtmTemplateRow> {
  const [template] = await listTemplates(db, requireUser(actor).userId, id)
  if (template === undefined) throw commonProblem('not-found')
  return template
}
