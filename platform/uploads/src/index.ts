export type { UploadContext, UploadsOptions } from './context.ts'
export { fileName } from './rules.ts'
export { createUploads, type Uploads } from './uploads.ts'
