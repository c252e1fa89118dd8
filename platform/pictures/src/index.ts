export { type PictureKind, pictureKindOf } from './kinds.ts'
export { createPictures, type DrawnPicture, NotAPictureError, type PictureReader, type Pictures } from './pictures.ts'
