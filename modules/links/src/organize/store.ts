/** SQL for tags and folders. */
import { type Db, newId, type Queryable, type Tx } from '@octet/db'

const tagsMax = 1_000

/** The owner's tags, most used first. */
export function countTags({ sql }: Queryable, ownerId: string): Promise<{ tag: string; links: number }[]> {
  return sql<{ tag: string; links: number }[]>`
    select tag, count(*)::int as links
    from links, unnest(tags) as tag
    where owner_id = ${ownerId} and deleted_at is null
    group by tag order by links desc, tag
    limit ${tagsMax}`
}

/** Replaces `tag` with `name`, once per link, or removes it. Returns the number of links. */
export async function replaceTag(
  { sql }: Db,
  { ownerId, tag, name, at }: { ownerId: string; tag: string; name: string | null; at: string },
): Promise<number> {
  const rest = sql`array_remove(tags, ${tag})`
  const changed = name === null ? rest : sql`array_append(array_remove(${rest}, ${name}), ${name})`
  const rows = await sql`
    update links set tags = ${changed}, updated_at = ${at}, version = version + 1
    where owner_id = ${ownerId} and deleted_at is null and tags @> array[${tag}]
    returning true`
  return rows.length
}

export interface FolderRow {
  readonly id: string
  readonly owner_id: string
  readonly name: string
  readonly created_at: string
  readonly links: number
}

/** The owner's folders by name, or the one with that id. */
export function listFolders({ sql }: Queryable, ownerId: string, id?: string): Promise<FolderRow[]> {
  return sql<FolderRow[]>`
    select folders.*, (select count(*)::int from links where folder_id = folders.id and deleted_at is null) as links
    from folders
    where owner_id = ${ownerId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by lower(name)`
}

/** Inserts a folder. `undefined` when the owner has one of that name. */
export async function insertFolder(
  { sql }: Tx,
  { ownerId, name, at }: { ownerId: string; name: string; at: string },
): Promise<FolderRow | undefined> {
  const [row] = await sql<FolderRow[]>`
    insert into folders (id, owner_id, name, created_at)
    values (${newId()}, ${ownerId}, ${name}, ${at})
    on conflict do nothing
    returning *, 0 as links`
  return row
}

/** Renames a folder. False when the owner has another of that name. */
export async function renameFolder({ sql }: Db, ownerId: string, id: string, name: string): Promise<boolean> {
  const rows = await sql`
    update folders set name = ${name}
    where id = ${id} and not exists (
      select from folders as other
      where other.owner_id = ${ownerId} and lower(other.name) = lower(${name}) and other.id <> ${id})
    returning true`
  return rows.length === 1
}

/** Deletes a folder. False when the owner does not have it. */
export async function deleteFolder({ sql }: Db, ownerId: string, id: string): Promise<boolean> {
  const rows = await sql`delete from folders where id = ${id} and owner_id = ${ownerId} returning true`
  return rows.length === 1
}
