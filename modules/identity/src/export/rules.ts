/** Exports as shown to their owners, and their storage keys. */
import type { Export } from '@octet/contracts/identity'
import type { Storage } from '@octet/storage'
import type { ExportRow } from './store.ts'

export const keptDays = 7

/** Maps a row to its API form. */
export function exportOf(row: ExportRow): Export {
  const { id, state, requested_at: requestedAt, expires_at: expiresAt, size_bytes: sizeBytes } = row
  return { id, state, requestedAt, expiresAt, sizeBytes }
}

/** Storage key of the packed export. */
export function archiveKey(id: string): string {
  return `exports/${id}.zip`
}

/** Deletes the packed export and its parts. Succeeds when nothing exists. */
export async function deleteArchive(
  { storage, archives }: { readonly storage: Storage; readonly archives: Storage },
  id: string,
): Promise<void> {
  await deleteParts(archives, id)
  await storage.delete(archiveKey(id))
}

/** Deletes the parts that modules wrote for an export. */
export async function deleteParts(archives: Storage, id: string): Promise<void> {
  for (let page = await archives.list(`${id}/`); page.objects.length > 0; page = await archives.list(`${id}/`)) {
    for (const { key } of page.objects) await archives.delete(key)
  }
}
