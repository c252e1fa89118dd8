/** Archives as their owners see them, and where their bytes lie. */
import type { Export } from '@octet/contracts/identity'
import type { Storage } from '@octet/storage'
import type { ExportRow } from './store.ts'

export const keptDays = 7

/** Row → what the API shows. */
export function exportOf(row: ExportRow): Export {
  const { id, state, requested_at: requestedAt, expires_at: expiresAt, size_bytes: sizeBytes } = row
  return { id, state, requestedAt, expiresAt, sizeBytes }
}

/** Of the packed archive, in the module's own storage. */
export function archiveKey(id: string): string {
  return `exports/${id}.zip`
}

/** Deletes the packed archive and its parts. Succeeds when there are none. */
export async function deleteArchive(
  { storage, archives }: { readonly storage: Storage; readonly archives: Storage },
  id: string,
): Promise<void> {
  await deleteParts(archives, id)
  await storage.delete(archiveKey(id))
}

/** Deletes what modules wrote for an archive. */
export async function deleteParts(archives: Storage, id: string): Promise<void> {
  for (let page = await archives.list(`${id}/`); page.objects.length > 0; page = await archives.list(`${id}/`)) {
    for (const { key } of page.objects) await archives.delete(key)
  }
}
