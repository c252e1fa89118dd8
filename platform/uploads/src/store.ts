/** SQL of uploads and their parts, in the schema of the module whose database or transaction it is. */
import type { Db, Queryable, Sql, Tx } from '@octet/db'
import type { Target } from './context.ts'
import type { UploadRow } from './rules.ts'

/** Parts read at a time: an upload of many small parts must not fill the memory. */
const partsPerPage = 500

export interface NewUpload<T extends Target> {
  readonly id: string
  readonly targetId: T
  readonly ownerId: string
  readonly name: string
  readonly sizeBytes: number
  readonly at: string
}

/** The statements that name the module's own column. */
export interface UploadStore<T extends Target> {
  /** Records an upload whose parts will follow. */
  insert(tx: Tx, upload: NewUpload<T>): Promise<UploadRow<T>>
  /** An upload of this owner, unless its target is gone. */
  find(db: Queryable, id: string, ownerId: string): Promise<UploadRow<T> | undefined>
  /** Records a stored part. `undefined` when the upload has another offset meanwhile, or it or its target is gone. */
  addPart(
    tx: Tx,
    part: { uploadId: string; startsAt: number; partId: string; sizeBytes: number },
  ): Promise<UploadRow<T> | undefined>
  /** Unfinished uploads that are older, or whose target is gone. */
  listAbandoned(db: Queryable, olderThan: string, limit: number): Promise<string[]>
}

/** The store of a module whose uploads are for the object in `column`. */
export function createUploadStore<T extends Target>(column: string | null): UploadStore<T> {
  const columns = (sql: Sql) =>
    column === null ? sql`uploads.*, null as target_id` : sql`uploads.*, ${sql(column)} as target_id`
  const hasTarget = (sql: Sql) => (column === null ? sql`true` : sql`${sql(column)} is not null`)
  return {
    async insert({ sql }, { id, targetId, ownerId, name, sizeBytes, at }) {
      const row = { id, owner_id: ownerId, name, size_bytes: sizeBytes, created_at: at }
      const whole = column === null ? row : { ...row, [column]: targetId }
      const [inserted] = await sql<UploadRow<T>[]>`insert into uploads ${sql(whole)} returning ${columns(sql)}`
      if (inserted === undefined) throw new Error('an insert returned nothing')
      return inserted
    },
    async find({ sql }, id, ownerId) {
      const [row] = await sql<UploadRow<T>[]>`
        select ${columns(sql)} from uploads where id = ${id} and owner_id = ${ownerId} and ${hasTarget(sql)}`
      return row
    },
    async addPart({ sql }, part) {
      const [row] = await sql<UploadRow<T>[]>`
        update uploads set arrived = arrived + ${part.sizeBytes}
        where id = ${part.uploadId} and arrived = ${part.startsAt} and ${hasTarget(sql)} returning ${columns(sql)}`
      if (row === undefined) return undefined
      // Earlier releases of chat recorded parts without bytes. No other part can be at this position already.
      await sql`
        insert into upload_parts (upload_id, starts_at, part_id, size_bytes)
        values (${part.uploadId}, ${part.startsAt}, ${part.partId}, ${part.sizeBytes})
        on conflict (upload_id, starts_at) do update set part_id = excluded.part_id, size_bytes = excluded.size_bytes`
      return row
    },
    async listAbandoned({ sql }, olderThan, limit) {
      const rows = await sql<{ id: string }[]>`
        select id from uploads where created_at < ${olderThan} or not (${hasTarget(sql)})
        order by created_at limit ${limit}`
      return rows.map(({ id }) => id)
    },
  }
}

/** Ids of the parts of an upload in order, read page by page. */
export async function* eachPartOf({ sql }: Queryable, uploadId: string): AsyncIterable<string> {
  for (let after = -1; ; ) {
    const rows: { part_id: string; starts_at: number }[] = await sql<{ part_id: string; starts_at: number }[]>`
      select part_id, starts_at from upload_parts
      where upload_id = ${uploadId} and starts_at > ${after} order by starts_at limit ${partsPerPage}`
    for (const { part_id: partId } of rows) yield partId
    after = rows.at(-1)?.starts_at ?? after
    if (rows.length < partsPerPage) return
  }
}

/** Serialises what changes the usage of one account, so that two uploads cannot both take the last free space. */
export async function lockUsage({ sql }: Tx, module: string, ownerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${module} files ${ownerId}`}, 0))`
}

/** The announced bytes and the number of an account's unfinished uploads. */
export async function usageOf({ sql }: Queryable, ownerId: string): Promise<{ bytes: number; waiting: number }> {
  const [row] = await sql<{ bytes: number; waiting: number }[]>`
    select coalesce(sum(size_bytes), 0)::float8 as bytes, count(*)::int as waiting
    from uploads where owner_id = ${ownerId}`
  return row ?? { bytes: 0, waiting: 0 }
}

/** The uploads of an account. */
export async function uploadsOf({ sql }: Queryable, ownerId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from uploads where owner_id = ${ownerId} limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Whether this owner has the upload, also when its target is gone. */
export async function hasUpload({ sql }: Queryable, id: string, ownerId: string): Promise<boolean> {
  const rows = await sql`select from uploads where id = ${id} and owner_id = ${ownerId}`
  return rows.length === 1
}

/** Deletes an upload with its parts. */
export async function deleteUpload({ sql }: Db | Tx, id: string): Promise<void> {
  await sql`delete from uploads where id = ${id}`
}
