/** All SQL about files and uploads. */
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

export interface UploadRow {
  readonly id: string
  readonly room_id: string | null
  readonly owner_id: string
  readonly name: string
  readonly size_bytes: number
  readonly arrived: number
  readonly created_at: string
}

/** What an account has: bytes in all, and how many files and uploads wait for a message. */
export async function usageOf({ sql }: Queryable, ownerId: string): Promise<{ bytes: number; waiting: number }> {
  const [row] = await sql<{ bytes: number; waiting: number }[]>`
    select coalesce(sum(size_bytes), 0)::float8 as bytes,
           count(*) filter (where message_id is null)::int as waiting
    from (
      select size_bytes, message_id from files where owner_id = ${ownerId} and state <> 'gone'
      union all
      select size_bytes, null from uploads where owner_id = ${ownerId}) as held`
  return row ?? { bytes: 0, waiting: 0 }
}

/** Two uploads of one account at once must not both take its last room: one waits for the other's transaction. */
export async function lockUsage({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`chat files ${ownerId}`}, 0))`
}

/** Notes a file before its first byte comes; `sizeBytes` is how much it may become. A noted one stays as it is. */
export async function insertFile(
  { sql }: Tx,
  file: { id: string; roomId: string; ownerId: string; name: string; sizeBytes: number; at: string },
): Promise<void> {
  await sql`
    insert into files (id, room_id, owner_id, state, name, size_bytes, created_at)
    values (${file.id}, ${file.roomId}, ${file.ownerId}, 'arriving', ${file.name}, ${file.sizeBytes}, ${file.at})
    on conflict (id) do nothing`
}

/** Its bytes are all there. False when it was given up meanwhile. */
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

/** A file whose bytes are there. */
export async function findFile({ sql }: Queryable, id: string): Promise<FileRow | undefined> {
  const [row] = await sql<FileRow[]>`select * from files where id = ${id} and state = 'ready'`
  return row
}

/** Gives files to a message in this order; how many of them could be given. */
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

/** Gives a picture to the preview of a message. */
export async function attachPreview({ sql }: Tx, id: string, messageId: string): Promise<void> {
  await sql`update files set message_id = ${messageId}, is_preview = true where id = ${id} and state = 'ready'`
}

/** The files of a message in their order. */
export function filesOfMessage({ sql }: Queryable, messageId: string): Promise<FileRow[]> {
  return sql<FileRow[]>`select * from files where message_id = ${messageId} and state = 'ready' order by place`
}

/** From here on nobody gets it; its bytes go soon. False when there is none of the owner that no message has. */
export async function giveUpFile({ sql }: Db | Tx, id: string, ownerId: string): Promise<boolean> {
  const rows = await sql`
    update files set state = 'gone'
    where id = ${id} and owner_id = ${ownerId} and message_id is null and state <> 'gone' returning true`
  return rows.length === 1
}

/** The files of a message go with its words; or only the picture of its preview. */
export async function dropFilesOf({ sql }: Tx, messageId: string, which: 'all' | 'preview'): Promise<void> {
  await sql`
    update files set state = 'gone', message_id = null
    where message_id = ${messageId} and (${which} = 'all' or is_preview)`
}

/** Whatever a person uploaded goes. */
export async function dropFilesOfOwner({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`update files set state = 'gone', message_id = null where owner_id = ${ownerId}`
}

/**
 * Marks what nobody can need any more and returns some of what is marked: files of deleted rooms, those no message has
 * had for a day, and those that stopped arriving.
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

/** Ids of what is marked of a person. */
export async function goneOf({ sql }: Queryable, ownerId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from files where owner_id = ${ownerId} and state = 'gone' order by id limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Forgets files whose bytes are deleted. */
export async function forgetFiles({ sql }: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from files where id = any(${[...ids]}::uuid[]) and state = 'gone'`
}

/** A person's files, read a page at a time. */
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

// ---- uploads ----------------------------------------------------------------------------------------------------

/** Notes an upload whose parts will follow. */
export async function insertUpload(
  { sql }: Tx,
  upload: { id: string; roomId: string; ownerId: string; name: string; sizeBytes: number; at: string },
): Promise<UploadRow> {
  const [row] = await sql<UploadRow[]>`
    insert into uploads (id, room_id, owner_id, name, size_bytes, created_at)
    values (${upload.id}, ${upload.roomId}, ${upload.ownerId}, ${upload.name}, ${upload.sizeBytes}, ${upload.at})
    returning *`
  if (row === undefined) throw new Error('an insert returned nothing')
  return row
}

/** Somebody's own upload. */
export async function findUpload({ sql }: Queryable, id: string, ownerId: string): Promise<UploadRow | undefined> {
  const [row] = await sql<UploadRow[]>`select * from uploads where id = ${id} and owner_id = ${ownerId}`
  return row
}

/** Adds a part that is in storage. `undefined`: the upload has come to another place meanwhile, or is gone. */
export async function addPart(
  { sql }: Tx,
  part: { uploadId: string; startsAt: number; partId: string; sizeBytes: number },
): Promise<UploadRow | undefined> {
  const [row] = await sql<UploadRow[]>`
    update uploads set arrived = arrived + ${part.sizeBytes}
    where id = ${part.uploadId} and arrived = ${part.startsAt} returning *`
  if (row === undefined) return undefined
  await sql`
    insert into upload_parts (upload_id, starts_at, part_id, size_bytes)
    values (${part.uploadId}, ${part.startsAt}, ${part.partId}, ${part.sizeBytes})`
  return row
}

/** The parts of an upload in their order. */
export async function partsOf({ sql }: Queryable, uploadId: string): Promise<string[]> {
  const rows = await sql<{ part_id: string }[]>`
    select part_id from upload_parts where upload_id = ${uploadId} order by starts_at`
  return rows.map(({ part_id }) => part_id)
}

/** Uploads that nobody finished. */
export async function oldUploads({ sql }: Queryable, olderThan: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from uploads where created_at < ${olderThan} or room_id is null order by created_at limit ${limit}`
  return rows.map(({ id }) => id)
}

/** The uploads of a person. */
export async function uploadsOf({ sql }: Queryable, ownerId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from uploads where owner_id = ${ownerId} limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Forgets an upload with its parts. */
export async function deleteUpload({ sql }: Db | Tx, id: string): Promise<void> {
  await sql`delete from uploads where id = ${id}`
}
