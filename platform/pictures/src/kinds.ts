/** Which kind of picture a file is, told from its first bytes and never from its name. */

export type PictureKind = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif'

const ascii = (head: Uint8Array, start: number, end: number) => String.fromCharCode(...head.subarray(start, end))

const signatures: Readonly<Record<PictureKind, (head: Uint8Array) => boolean>> = {
  'image/png': head => ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n',
  'image/jpeg': head => ascii(head, 0, 3) === '\xff\xd8\xff',
  'image/gif': head => ['GIF87a', 'GIF89a'].includes(ascii(head, 0, 6)),
  'image/webp': head => ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP',
  'image/avif': head => ['ftypavif', 'ftypavis'].includes(ascii(head, 4, 12)),
}

/** `undefined`: not a picture that can be decoded here. Twelve bytes are enough to tell. */
export function pictureKindOf(head: Uint8Array): PictureKind | undefined {
  for (const [kind, fits] of Object.entries(signatures)) if (fits(head)) return kind as PictureKind
  return undefined
}
