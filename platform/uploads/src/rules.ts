/** Decisions about uploads. Pure. */
import type { Target, Upload, UploadLimits, UploadProgress } from './context.ts'

export interface UploadRow<T extends Target> {
  readonly id: string
  readonly target_id: T
  readonly owner_id: string
  readonly name: string
  readonly size_bytes: number
  readonly arrived: number
  readonly created_at: string
}

/** Where the parts of an upload are in the module's storage. */
export const partKeys = {
  ofUpload: (uploadId: string) => `uploads/${uploadId}/`,
  part: (uploadId: string, partId: string) => `uploads/${uploadId}/${partId}`,
} as const

/** The name without path, control characters and bidirectional control characters. */
export function fileName(name: string): string {
  const normal = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/.*[/\\]/s, '')
    .replace(/\s+/g, ' ')
    .trim()
  return Array.from(normal).slice(0, 150).join('') || 'file'
}

/** An upload as the options of the module get it. */
export function uploadOf<T extends Target>(row: UploadRow<T>): Upload<T> {
  return { id: row.id, ownerId: row.owner_id, targetId: row.target_id, name: row.name, sizeBytes: row.size_bytes }
}

/** An upload as its owner sees it. */
export function progressOf<T extends Target>(
  row: UploadRow<T>,
  { partBytesMax, unfinishedMs }: UploadLimits,
): UploadProgress<T> {
  return {
    id: row.id,
    targetId: row.target_id,
    name: row.name,
    sizeBytes: row.size_bytes,
    offset: row.arrived,
    partBytesMax,
    expiresAt: new Date(Date.parse(row.created_at) + unfinishedMs).toISOString(),
  }
}
