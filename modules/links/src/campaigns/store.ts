/** SQL for UTM templates. */
import type { Utm } from '@octet/contracts/links'
import { type Db, newId, type Queryable, type Tx } from '@octet/db'

export interface UtmTemplateRow {
  readonly id: string
  readonly owner_id: string
  readonly name: string
  readonly utm: Utm
  readonly created_at: string
}

/** The owner's templates by name, or the one with that id. */
export function listTemplates({ sql }: Queryable, ownerId: string, id?: string): Promise<UtmTemplateRow[]> {
  return sql<UtmTemplateRow[]>`
    select * from utm_templates
    where owner_id = ${ownerId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by lower(name)`
}

/** Inserts a template. `undefined` when the owner has one of that name. */
export async function insertTemplate(
  { sql }: Tx,
  { ownerId, name, utm, at }: { ownerId: string; name: string; utm: Utm; at: string },
): Promise<UtmTemplateRow | undefined> {
  const [row] = await sql<UtmTemplateRow[]>`
    insert into utm_templates (id, owner_id, name, utm, created_at)
    values (${newId()}, ${ownerId}, ${name}, ${JSON.stringify(utm)}::text::jsonb, ${at})
    on conflict do nothing
    returning *`
  return row
}

/** Updates a template. Violates `utm_templates_name_of_owner` when the owner has another of that name. */
export async function updateTemplate(
  { sql }: Db,
  { id, name, utm }: Pick<UtmTemplateRow, 'id' | 'name' | 'utm'>,
): Promise<void> {
  await sql`update utm_templates set name = ${name}, utm = ${JSON.stringify(utm)}::text::jsonb where id = ${id}`
}

export async function deleteTemplate({ sql }: Db, id: string): Promise<void> {
  await sql`delete from utm_templates where id = ${id}`
}
