export { openDiskStorage } from './disk.ts'
export { openS3Storage, type S3Options } from './s3.ts'
export { type ObjectInfo, type Page, type PutOptions, type Range, type Storage, within } from './storage.ts'
