/** All SQL about files. */
import type { Db, Queryable, Tx } from '@octet/db'

export interface FileRow {
  readonly id: string
  readonly room_id: string | null
  readonly owner_id: string
  readonly message_id: string | null
  readonly state: 'arriving' | 'ready' | 'gone'
  readonly is_preview: boolean
  readonly name: string
  readonly content_type: string
  readonly size_bytes: number
  readonly sha256: string | null
  readonly width: number | null
  readonly height: number | null
  readonly has_thumbnail: boolean
  readonly created_at: string
}

/** An account's files: their bytes, and how many wait for a message. */
export async function usageOf({ sql }: Queryable, ownerId: string): Promise<{ bytes: number; waiting: number }> {
  const [row] = await sql<{ bytes: number; waiting: number }[]>`
    select coalesce(sum(size_bytes), 0)::float8 as bytes, count(*) filter (where message_id is null)::int as waiting
    from files where owner_id = ${ownerId} and state <> 'gone'`
  return row ?? { bytes: 0, waiting: 0 }
}

/** Records a file before its first byte arrives; `sizeBytes` is its largest size. An existing row stays as it is. */
export async function insertFile(
  { sql }: Tx,
  file: { id: string; roomId: string; ownerId: string; name: string; sizeBytes: number; at: string },
): Promise<void> {
  await sql`
    insert into files (id, room_id, owner_id, state, name, size_bytes, created_at)
    values (${file.id}, ${file.roomId}, ${file.ownerId}, 'arriving', ${file.name}, ${file.sizeBytes}, ${file.at})
    on conflict (id) do nothing`
}

/** Marks a file as complete. False when it was given up meanwhile. */
export async function completeFile(
  { sql }: Db | Tx,
  id: string,
  known: {
    contentType: string
    sizeBytes: number
    sha256: string
    width: number | null
    height: number | null
    hasThumbnail: boolean
  },
): Promise<FileRow | undefined> {
  const [row] = await sql<FileRow[]>`
    update files
    set state = 'ready', content_type = ${known.contentType}, size_bytes = ${known.sizeBytes}, sha256 = ${known.sha256},
        width = ${known.width}, height = ${known.height}, has_thumbnail = ${known.hasThumbnail}
    where id = ${id} and state = 'arriving'
    returning *`
  return row
}

/** A complete file. */
export async function findFile({ sql }: Queryable, id: string): Promise<FileRow | undefined> {
  const [row] = await sql<FileRow[]>`select * from files where id = ${id} and state = 'ready'`
  return row
}

/** Attaches files to a message in this order. Returns how many could be attached. */
export async function attachFiles(
  { sql }: Tx,
  given: { ids: readonly string[]; roomId: string; ownerId: string; messageId: string },
): Promise<number> {
  const rows = await sql`
    update files set message_id = ${given.messageId}, place = wanted.place
    from unnest(${[...given.ids]}::uuid[]) with ordinality as wanted (id, place)
    where files.id = wanted.id and room_id = ${given.roomId} and owner_id = ${given.ownerId}
      and message_id is null and state = 'ready'
    returning true`
  return rows.length
}

/** Attaches a picture to the preview of a message. */
export async function attachPreview({ sql }: Tx, id: string, messageId: string): Promise<void> {
  await sql`update files set message_id = ${messageId}, is_preview = true where id = ${id} and state = 'ready'`
}

/** The files of a message in order. */
export function filesOfMessage({ sql }: Queryable, messageId: string): Promise<FileRow[]> {
  return sql<FileRow[]>`select * from files where message_id = ${messageId} and state = 'ready' order by place`
}

/** Hides a file and marks its bytes for deletion. False unless the owner has it and no message refers to it. */
export async function giveUpFile({ sql }: Db | Tx, id: string, ownerId: string): Promise<boolean> {
  const rows = await sql`
    update files set state = 'gone'
    where id = ${id} and owner_id = ${ownerId} and message_id is null and state <> 'gone' returning true`
  return rows.length === 1
}

/** Marks the files of a message for deletion, or only the picture of its preview. */
export async function dropFilesOf({ sql }: Tx, messageId: string, which: 'all' | 'preview'): Promise<void> {
  await sql`
    update files set state = 'gone', message_id = null
    where message_id = ${messageId} and (${which} = 'all' or is_preview)`
}

/** Marks everything a person uploaded for deletion. */
export async function dropFilesOfOwner({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`update files set state = 'gone', message_id = null where owner_id = ${ownerId}`
}

/**
 * Marks files that are no longer needed and returns some of the marked ones: files of deleted rooms, files without a
 * message for a day, and stalled uploads.
 */
export async function filesToSweep({ sql }: Db, olderThan: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update files set state = 'gone', message_id = null
    where id in (
      select id from files
      where (message_id is null or room_id is null or state <> 'ready')
        and (state = 'gone' or room_id is null or created_at < ${olderThan})
      order by created_at limit ${limit}
      for update skip locked)
    returning id`
  return rows.map(({ id }) => id)
}

/** Ids of a person's marked files. */
export async function goneOf({ sql }: Queryable, ownerId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from files where owner_id = ${ownerId} and state = 'gone' order by id limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Deletes the rows of files whose bytes are gone. */
export async function forgetFiles({ sql }: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from files where id = any(${[...ids]}::uuid[]) and state = 'gone'`
}

/** A person's files, read page by page. */
export async function* eachFileOf({ sql }: Queryable, ownerId: string, pageMax: number): AsyncIterable<FileRow> {
  for (let after = ''; ; ) {
    const rows: FileRow[] = await sql<FileRow[]>`
      select * from files
      where owner_id = ${ownerId} and state = 'ready' and not is_preview
        and (${after} = '' or id > nullif(${after}, '')::uuid)
      order by id limit ${pageMax}`
    yield* rows
    after = rows.at(-1)?.id ?? ''
    if (rows.length < pageMax) return
  }
}
