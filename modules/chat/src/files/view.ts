import type { FileInfo } from '@octet/contracts/chat'
import type { FileRow } from './store.ts'

/** A file as the API returns it. */
export function fileOf(row: FileRow): FileInfo {
  return {
    id: row.id,
    name: row.name,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256 ?? '',
    width: row.width,
    height: row.height,
    hasThumbnail: row.has_thumbnail,
  }
}
