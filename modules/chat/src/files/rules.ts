/** The type of a file, detected from its bytes, and how it may be shown. */
import { type PictureKind, pictureKindOf } from '@octet/pictures'

export { fileBytesMax } from '@octet/contracts/chat'

export const partBytesMax = 8 * 1024 * 1024
/** Per account, over all rooms. */
export const accountBytesMax = 2 * 1024 ** 3
/** Files and uploads of one account that no message refers to yet. */
export const waitingMax = 50
/** Unattached and unfinished files are deleted after this. */
export const unattachedMs = 24 * 60 * 60_000
/** Longer side of the thumbnail in lists and previews. */
export const thumbnailEdge = 480
/** Enough to detect every type below. */
export const peekBytes = 4_100

export interface FileKind {
  readonly contentType: string
  /** Decoded and re-encoded; only the result is ever shown inline. `null`: not a picture. */
  readonly picture: PictureKind | null
}

const ascii = (text: string) => Buffer.from(text, 'latin1')
const at = (offset: number, bytes: Buffer) => (head: Buffer) =>
  head.subarray(offset, offset + bytes.byteLength).equals(bytes)
const brand =
  (...brands: string[]) =>
  (head: Buffer) =>
    at(4, ascii('ftyp'))(head) && brands.includes(head.subarray(8, 12).toString('latin1'))

/** Types that are not decoded here. */
const signatures: readonly (readonly [contentType: string, fits: (head: Buffer) => boolean])[] = [
  ['image/heic', brand('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1')],
  ['image/x-canon-cr3', brand('crx ')],
  ['image/jxl', at(4, ascii('JXL '))],
  ['image/tiff', head => at(0, ascii('II*\0'))(head) || at(0, ascii('MM\0*'))(head)],
  ['application/pdf', at(0, ascii('%PDF-'))],
  ['video/quicktime', brand('qt  ')],
  ['audio/mp4', brand('M4A ', 'M4B ')],
  ['video/mp4', brand('isom', 'iso2', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1', 'dash', 'M4V ')],
  ['video/webm', at(0, Buffer.from([0x1a, 0x45, 0xdf, 0xa3]))],
  ['audio/mpeg', head => at(0, ascii('ID3'))(head) || (head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2)],
  ['audio/ogg', at(0, ascii('OggS'))],
  ['audio/wav', head => at(0, ascii('RIFF'))(head) && at(8, ascii('WAVE'))(head)],
  ['audio/flac', at(0, ascii('fLaC'))],
  [
    'application/zip',
    head => at(0, Buffer.from([0x50, 0x4b, 3, 4]))(head) || at(0, Buffer.from([0x50, 0x4b, 5, 6]))(head),
  ],
  ['application/gzip', at(0, Buffer.from([0x1f, 0x8b]))],
  ['application/x-7z-compressed', at(0, Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]))],
]

/** Photographs that cannot be re-encoded here. Stored as they are, they would reveal where they were taken. */
const photographs: ReadonlySet<string> = new Set(['image/heic', 'image/x-canon-cr3', 'image/jxl', 'image/tiff'])

/** Whether a file of this type must not be stored as it is. */
export function tellsOfPlaces({ contentType }: FileKind): boolean {
  return photographs.has(contentType)
}

/** Extensions that promise a type; other bytes under them are refused. */
const promised: Readonly<Record<string, readonly string[]>> = {
  png: ['image/png'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  pdf: ['application/pdf'],
}

export const octets = 'application/octet-stream'

/**
 * The type that the first bytes indicate. Text that a browser might treat as a page is not distinguished from bytes.
 */
export function kindOf(head: Buffer): FileKind {
  const picture = pictureKindOf(head)
  if (picture !== undefined) return { contentType: picture, picture }
  for (const [contentType, fits] of signatures) if (fits(head)) return { contentType, picture: null }
  return { contentType: isPlainText(head) ? 'text/plain' : octets, picture: null }
}

function isPlainText(head: Buffer): boolean {
  const isControl = (byte: number) => byte < 9 || (byte > 13 && byte < 32)
  const text = head.toString('utf8')
  // The last character may be incomplete.
  return head.byteLength > 0 && !head.some(isControl) && !text.includes('<') && !text.slice(0, -4).includes('\ufffd')
}

/** Whether the bytes match the name; a name without a known extension matches everything. */
export function fitsName(name: string, { contentType }: FileKind): boolean {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const wanted = Object.hasOwn(promised, extension) ? promised[extension] : undefined
  return wanted === undefined || wanted.includes(contentType)
}

/** `Content-Disposition` (RFC 6266): an ASCII name for every browser, and a UTF-8 name. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, char => `%${char.charCodeAt(0).toString(16)}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** The single range of a `Range` header (RFC 9110, 14.2). `undefined`: the whole file; `'none'`: beyond the end. */
export function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { first: number; last: number } | 'none' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, from = '', to = ''] = match ?? []
  if (match === null || (from === '' && to === '')) return undefined
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes)
    return length === 0 ? 'none' : { first: sizeBytes - length, last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return undefined
  return first >= sizeBytes ? 'none' : { first, last }
}

/** The storage key of a file. */
export const fileKeys = {
  incoming: (id: string) => `incoming/${id}`,
  file: (id: string) => `files/${id}`,
  thumbnail: (id: string) => `thumbs/${id}`,
} as const
